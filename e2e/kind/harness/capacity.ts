import type { Outcomes } from '@tradewind/demo/outcomes.ts';

/** What was seen at one rate of orders; 0 is none. */
export interface Spell {
  rate: number;
  /** Orders a second. */
  settled: number;
  latency: Outcomes['latency'] | undefined;
  keptUp: boolean;
  /** By service or server: all its pods together. */
  pods: Map<string, { pods: number; cores: number; megabytes: number }>;
}

const MOST_SHARE = 0.7;

const TOP = `# What a cluster carries

Written by \`make e2e-rate TOPOLOGY=kind\`: orders at a steady rate from a Job in the cluster, as \`make e2e\` sends them; CPU and
memory of pods by their kubelets. A rate is kept up with when 99 of 100 orders settle within 5 s and no more of them are under way
at the end than at the beginning. Kubernetes itself, Kafka, RabbitMQ, PostgreSQL and the load share the same cores.
`;

/** docs/capacity.md: the rates that were tried, and what pods used when idle, at the first, and at the highest that was kept up with. */
export function capacityPage({ spells, machine, processors, at }: { spells: Spell[]; machine: string; processors: number; at: string }): string {
  const [idle, ...loaded] = spells;
  const best = loaded.filter(({ keptUp }) => keptUp).sort((a, b) => b.rate - a.rate)[0];
  const shown = [idle, loaded[0], best].filter((each, n, all) => each !== undefined && all.indexOf(each) === n).filter((each) => each !== undefined);
  return [
    TOP, `${at} · ${machine} · ${best ? `highest rate kept up with: **${best.rate} orders/s**` : 'no rate that was tried was kept up with'}${limitOf(best, processors)}`, '',
    '| orders/s | settled/s | placed → settled p50 | p99 | pods, cores | CPU an order, beyond idle | |', '|--:|--:|--:|--:|--:|--:|---|',
    ...spells.map((spell) => rateLine(spell, coresOf(idle))), '',
    `| pods | ${shown.map(({ rate }) => `cores at ${rate}/s | MB`).join(' | ')} |`, `|---|${'--:|--:|'.repeat(shown.length)}`,
    ...[...shown[0]?.pods.keys() ?? []].map((name) => podLine(name, shown)), '',
  ].join('\n');
}

function rateLine({ rate, settled, latency, keptUp, ...spell }: Spell, idleCores: number): string {
  const cores = coresOf(spell);
  if (!latency) return `| 0 | – | – | – | ${cores.toFixed(2)} | – | idle |`;
  const each = (1_000 * (cores - idleCores)) / settled;
  return `| ${rate} | ${settled.toFixed(1)} | ${whole(latency.p50)} ms | ${whole(latency.p99)} ms | ${cores.toFixed(2)} | ${whole(each)} ms | ${keptUp ? 'kept up' : 'too much'} |`;
}

function podLine(name: string, shown: Spell[]): string {
  const cells = shown.map(({ pods }) => {
    const { cores, megabytes } = pods.get(name) ?? { cores: NaN, megabytes: NaN };
    return `${cores.toFixed(3)} | ${whole(megabytes)}`;
  });
  return `| ${name} (${shown[0]?.pods.get(name)?.pods ?? 0}) | ${cells.join(' | ')} |`;
}

/** The processors are what limits where little of them is left: Kubernetes itself and the load need some, too. */
function limitOf(best: Spell | undefined, processors: number): string {
  const share = coresOf(best) / processors;
  return share < MOST_SHARE ? '' : `, where pods used ${whole(100 * share)} % of the processors: more of these is what it needs`;
}

/** Of all pods but the load's, whose Job is made of the CronJob `operator`. */
function coresOf(spell: Pick<Spell, 'pods'> | undefined): number {
  return [...spell?.pods ?? []].reduce((sum, [name, { cores }]) => (name === 'operator' ? sum : sum + cores), 0);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
