import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { print } from '@tradewind/ledger/print.ts';
import type { Outcomes } from './outcomes.ts';
import type { Played } from './play.ts';

export interface Report {
  run: string;
  outcomes: Outcomes;
  played: Played;
  verdict: Verdict;
  brokers: { log: string; tasks: string };
  memory?: { megabytes: number; processes: number };
  /** Wall seconds of the load. */
  seconds: number;
}

/** The report of a run, for people, without a line break at the end. */
export function report({ run, outcomes, played, verdict, brokers, memory, seconds }: Report): string {
  const { latency, byKind, perSecond } = outcomes;
  const line = (name: string, value: string) => `  ${name.padEnd(35)} ${value}`;
  const ms = (value: number) => `${Math.round(value).toLocaleString('en')} ms`;
  return [
    `Run ${run}`,
    ...[...byKind].map(([kind, n]) => line(kind, n.toLocaleString('en').padStart(7))),
    '',
    line('placed → settled', `p50 ${ms(latency.p50)}   p95 ${ms(latency.p95)}   p99 ${ms(latency.p99)}   max ${ms(latency.max)}`),
    line('settled per second', `${perSecond.toFixed(1)} (load took ${seconds.toFixed(1)} s)`),
    line('submitted twice by the client', `${played.duplicates} times, each answered as the first`),
    line('cancelled by the customer', `${played.cancelled} in time, ${played.cancelledTooLate} too late`),
    line('delivered more than once by the log', `${verdict.duplicatesDelivered}, without a second effect`),
    line('carried by', `log on ${brokers.log}, tasks on ${brokers.tasks}`),
    ...(memory ? [line('memory', `${memory.megabytes} MB (PSS of ${memory.processes} processes)`)] : []),
    '',
    print(verdict),
  ].join('\n');
}
