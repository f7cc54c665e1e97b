import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { openPostgresEventStore } from '@tradewind/event-store/postgres/store.ts';
import { startRelay } from '@tradewind/event-store/relay/relay.ts';
import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
import type { Log } from '@tradewind/log/port.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { BenchmarkOptions } from '../benchmarks.ts';
import { event, newStream } from '../event-store/payload.ts';
import { row, type Row } from '../result.ts';
import type { Client } from './kafka.ts';

const TOPIC = 'bench-outbox';
const PER_SECOND = 5_000;
/** Events of one append: what an order's saga and its order write together. */
const TOGETHER = 5;

/** From a commit in PostgreSQL to Kafka's acknowledgement, at a steady rate; and how fast a backlog drains. */
export async function measureOutbox(where: { url: string; brokers: string[]; client: Client }, { short, say }: BenchmarkOptions, runs: number): Promise<Row[]> {
  const [steadyMs, backlog] = short ? [1_500, 5_000] : [15_000, 200_000];
  const { client, brokers, url } = where;
  const wakeup = localWakeup();
  const store = await openPostgresEventStore({ url, topic: TOPIC, name: 'bench', clock: systemClock, wakeup, connections: 2 });
  const log = await openKafkaLog({ brokers, client, clientId: 'bench', clock: systemClock, random: systemRandom });
  await log.ensureTopics([{ name: TOPIC, partitions: 4 }]);
  const relay = (publish: Log['publish']) => startRelay({
    name: 'bench', outbox: store, wakeup, clock: systemClock, random: systemRandom, metrics: new Registry(), logger: pino({ level: 'warn' }),
    log: { publish }, tasks: { publish: async () => undefined },
  });
  const found: { p99: number[]; rate: number[]; drained: number[] } = { p99: [], rate: [], drained: [] };
  await measureSteady(relay, log, store, steadyMs); // warms up
  for (let run = 1; run <= runs; run += 1) {
    const steady = await measureSteady(relay, log, store, steadyMs);
    found.p99.push(steady.p99);
    found.rate.push(steady.perSecond);
    say(`  outbox, ${client} ${run}: p50 ${steady.p50.toFixed(1)} ms, p99 ${steady.p99.toFixed(1)} ms at ${Math.round(steady.perSecond)}/s`);
  }
  // Afterwards: what a backlog leaves behind for PostgreSQL to clean up is no part of a steady rate.
  for (let run = 1; run <= runs; run += 1) {
    found.drained.push(await measureDrain(relay, log, store, backlog));
    say(`  outbox, ${client} ${run}: drained ${Math.round(found.drained.at(-1) ?? NaN)}/s`);
  }
  await log.close();
  await store.close();
  return [
    row({ what: `commit → acknowledged by Kafka, p99, at ${Math.round(Math.min(...found.rate)).toLocaleString('en')} events/s, ${client}`, unit: 'ms', better: 'lower', ours: found.p99, goal: { atMost: 20 } }),
    row({ what: `a backlog of ${backlog.toLocaleString('en')} drained, ${client}`, unit: '1/s', better: 'higher', ours: found.drained, goal: { atLeast: 20_000 } }),
  ];
}

type Store = Awaited<ReturnType<typeof openPostgresEventStore>>;
type StartRelay = (publish: Log['publish']) => ReturnType<typeof startRelay>;

async function measureSteady(relay: StartRelay, log: Log, store: Store, ms: number): Promise<{ p50: number; p99: number; perSecond: number }> {
  const committed = new Map<string, number>();
  const acknowledged = new Map<string, number>();
  const running = relay(async (topic, messages) => {
    const positions = await log.publish(topic, messages);
    const now = performance.now();
    for (const { envelope } of messages) if (!acknowledged.has(envelope.id)) acknowledged.set(envelope.id, now);
    return positions;
  });
  const appending: Promise<void>[] = [];
  const append = async () => {
    const stream = newStream();
    const drafts = Array.from({ length: TOGETHER }, () => event(stream));
    await store.append([{ stream, expected: 0, events: drafts }]);
    const now = performance.now();
    for (const { id } of drafts) committed.set(id, now);
  };
  const began = performance.now();
  let sent = 0;
  for (; performance.now() - began < ms; await sleep(2))
    for (; sent < ((performance.now() - began) / 1_000) * (PER_SECOND / TOGETHER); sent += 1) appending.push(append());
  await Promise.all(appending);
  const perSecond = (sent * TOGETHER) / ((performance.now() - began) / 1_000);
  while ((await store.backlog('log')).rows > 0) await sleep(20);
  await running.stop();
  const taken = [...committed].map(([id, at]) => Math.max(0, (acknowledged.get(id) ?? NaN) - at)).sort((a, b) => a - b);
  if (taken.some(Number.isNaN)) throw new Error('an event was committed and never acknowledged');
  const at = (share: number): number => taken[Math.ceil(taken.length * share) - 1] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), perSecond };
}

async function measureDrain(relay: StartRelay, log: Log, store: Store, backlog: number): Promise<number> {
  const PIECE = 50;
  for (let n = 0; n < backlog; n += 8 * PIECE)
    await Promise.all(Array.from({ length: 8 }, () => {
      const stream = newStream();
      return store.append([{ stream, expected: 0, events: Array.from({ length: PIECE }, () => event(stream)) }]);
    }));
  const { rows } = await store.backlog('log');
  const began = performance.now();
  let left = rows;
  const all = Promise.withResolvers<void>();
  const running = relay(async (topic, messages) => {
    const positions = await log.publish(topic, messages);
    left -= messages.length;
    if (left <= 0) all.resolve();
    return positions;
  });
  await all.promise;
  const rate = rows / ((performance.now() - began) / 1_000);
  while ((await store.backlog('log')).rows > 0) await sleep(20);
  await running.stop();
  return rate;
}
