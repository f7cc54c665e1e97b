import type { Result, Row } from './row.ts';

const TOP = `# Failures, end to end

Written by \`make e2e\` with \`E2E_KEEP=1\`; each table is one file of e2e/results. The whole platform runs in the compose
topology (Kafka, RabbitMQ and PostgreSQL in containers, each service a process) or, in the table \`kind\`, in a cluster (two pods a
service, three brokers of Kafka, three nodes of RabbitMQ, one PostgreSQL). Orders come at a steady rate, whatever becomes of the ones
before. Nine clients in ten send again under the same key until they are answered; one in ten gives up at the first
failure. Something is struck; when clients see nothing of it any more, the load ends, all that is under way settles, and the
ledger is asked. Back: until what was struck answered again. Placing and settling: the longest
time in which no order was accepted, and none was seen to settle; once and twice: accepted at the first try, and at the second at the
latest. Slowest: the longest that a client waited for an order to be accepted. Recovered: from the strike until orders were answered at once again and no more of them were under way than before it.

Counted as a total queue: acknowledged orders that are not there are **lost**; orders that are there and that nobody asked for,
or that were placed or charged more than once, are **wrong**; of those whose client never learnt what became of them
(**unknown**), some are there. An order whose saga waits too long for a service is cancelled, and what was secured for it given
back (**given up**). Records that the log carried more than once (**again**) had no second effect.

In the table \`kind\` clients wait a second for a connection and three for an answer, half of them on connections that they keep. Kubernetes
itself takes some 43 s before it sends nobody to a node that died: a client that does not try again (once) meets that. Where
services are rolled, a node drained or the release upgraded, no request may fail at all; there clients wait 5 s and 20 s, as those that
know the gateway's deadline do.
`;

/** docs/e2e.md */
export function page(results: Result[]): string {
  return [TOP, ...results.map(table)].join('\n');
}

function table({ name, machine, at, load, rows }: Result): string {
  return [
    `## ${name}`, '', `\`make e2e ${name === 'kind' ? 'TOPOLOGY=kind' : `ONLY=${name}`}\` · ${at} · ${machine} · ${load} orders/s`, '',
    '| what | how | fault | back | once | twice | placing | slowest | settling | recovered | attempted | acknowledged | lost | wrong | unknown | given up | again |',
    '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|', ...rows.map(line), '',
  ].join('\n');
}

function line({ victim, how, lasted, back, placingAtOnce, placingAgain, placing, slowest, settling, recovered, ...counts }: Row): string {
  const { attempted, acknowledged, lost, unexpected, twice, unknown, found, givenUp, delivered } = counts;
  const cells = [
    victim, how, ...[lasted, back, placingAtOnce, placingAgain, placing, slowest, settling, recovered].map(seconds), ...[attempted, acknowledged, lost, unexpected + twice].map(whole),
    unknown === 0 ? '0' : `${whole(unknown)}, ${whole(found)} there`, whole(givenUp), whole(delivered),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A row for a terminal. */
export function inALine({ victim, how, lasted, back, placingAtOnce, placingAgain, placing, slowest, settling, recovered, ...counts }: Row): string {
  return [
    `${victim} ${how}:`, `fault ${seconds(lasted)}, back after ${seconds(back)}, placing out ${seconds(placing)} (once ${seconds(placingAtOnce)}, twice ${seconds(placingAgain)}), slowest answer ${seconds(slowest)}, settling out ${seconds(settling)}, recovered after ${seconds(recovered)};`,
    `attempted ${whole(counts.attempted)}, acknowledged ${whole(counts.acknowledged)}, lost ${counts.lost}, unexpected ${counts.unexpected}, twice ${counts.twice},`,
    `unknown ${counts.unknown} (${counts.found} there), given up ${counts.givenUp}, delivered again ${counts.delivered}, sent again ${inWords(counts.resends)}, deaths ${counts.deaths}`,
  ].join(' ');
}

function inWords(resends: Row['resends']): string {
  return Object.entries(resends).map(([cause, times]) => `${times} × ${cause}`).join(', ') || '0';
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function whole(value: number): string {
  return value.toLocaleString('en-US');
}
