import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { PARTITIONS, topics } from '@tradewind/events/topology.ts';
import type { Log } from '@tradewind/log/port.ts';
import { openPostgresLog } from '@tradewind/log/postgres/log.ts';
import { Story } from '@tradewind/order-history/contract/story.ts';
import { openPostgresReadModel } from '@tradewind/order-history/read-model/postgres/read-model.ts';
import type { ReadModel } from '@tradewind/order-history/read-model/port.ts';
import { followLog } from '@tradewind/order-history/rebuild/catch-up.ts';
import { rebuild } from '@tradewind/order-history/rebuild/rebuild.ts';
import { begun } from '@tradewind/order-history/rebuild/state.ts';
import type { BenchmarkOptions } from '../benchmarks.ts';
import { usageOf } from '../embedded/family.ts';
import { row, type Row } from '../result.ts';

const AT_ONCE = 500;

export interface FoldDatabases { log: string; model: string }

/** Rebuilds order-history's read model from a durable log, as a deployment would. `server` is the pid of PostgreSQL. */
export async function measureFolding(databases: FoldDatabases, server: number, { short, say }: BenchmarkOptions, runs: number): Promise<Row[]> {
  const log = await openPostgresLog({ url: databases.log, clock: systemClock, random: systemRandom, wakeup: localWakeup() });
  const model = await openPostgresReadModel({ url: databases.model });
  await log.ensureTopics(Object.values(topics).map((name) => ({ name, partitions: PARTITIONS })));
  for (const [topic, envelopes] of story(short ? 300 : 12_500))
    for (let at = 0; at < envelopes.length; at += AT_ONCE)
      await log.publish(topic, envelopes.slice(at, at + AT_ONCE).map((envelope) => ({ key: envelope.partitionkey, envelope })));
  await followLog(model, log);
  const rates: number[] = [];
  const cpu = { node: [] as number[], postgres: [] as number[] };
  for (let run = 0; run < runs; run += 1) {
    const before = { own: process.cpuUsage(), postgres: cpuOf(server), at: performance.now() };
    const records = await rebuilt(model, log);
    rates.push(records / ((performance.now() - before.at) / 1_000));
    const own = process.cpuUsage(before.own);
    const perMillion = 1e6 / records;
    cpu.node.push(((own.user + own.system) / 1e6) * perMillion);
    cpu.postgres.push(((cpuOf(server) - before.postgres) / 1_000) * perMillion);
    say(`  folded ${records} events, ${Math.round(rates.at(-1) ?? 0)}/s`);
  }
  await model.close();
  await log.close();
  return [
    row({ what: 'read model rebuilt from the log', unit: 'events/s', better: 'higher', ours: rates, goal: { atLeast: 50_000 } }),
    row({ what: 'of it CPU of Node, a million events', unit: 's', better: 'lower', ours: cpu.node }),
    row({ what: 'of it CPU of PostgreSQL, a million events', unit: 's', better: 'lower', ours: cpu.postgres }),
  ];
}

/** Folded, compared with what is live, and switched to. @returns records of the log */
async function rebuilt({ generations }: ReadModel, log: Log): Promise<number> {
  const { revision, state } = await generations.kept();
  await generations.keep(begun(state, { from: 'scratch' }, { candidate: false, retired: true }, systemClock.now()), revision);
  const site = await generations.claim();
  if (!site) throw new Error('somebody else rebuilds it');
  const ended = await rebuild({ generations, site, log, clock: systemClock }).finally(() => site.release());
  if (ended.state !== 'done') throw new Error(`the rebuild ended as ${ended.state}`);
  return ended.records;
}

function cpuOf(pid: number): number {
  const { nodeCpuMs, otherCpuMs } = usageOf([pid]);
  return nodeCpuMs + otherCpuMs;
}

/** Events of whole orders by topic, most of them confirmed; every OrderPlaced is of version 1, to be upcast. */
function story(orders: number): Map<string, Envelope[]> {
  const told = new Story();
  const outcomes = ['confirmed', 'confirmed', 'confirmed', 'cancelled', 'declined'] as const;
  for (let n = 0; n < orders; n += 1) told.order(`order-${n}`, `customer-${n % 500}`, outcomes[n % outcomes.length] ?? 'confirmed');
  const byTopic = new Map<string, Envelope[]>();
  for (const { topic, envelope } of told.told) {
    const known = byTopic.get(topic) ?? [];
    known.push(asFirstWritten(envelope));
    byTopic.set(topic, known);
  }
  return byTopic;
}

interface PlacedV2 { total: { currency: string }; lines: { unitPrice: { amount: number } }[] }

function asFirstWritten(envelope: Envelope): Envelope {
  if (envelope.type !== 'tradewind.order.placed.v2') return envelope;
  const { total, lines, ...rest } = envelope.data as PlacedV2;
  return {
    ...envelope, type: 'tradewind.order.placed.v1',
    data: { ...rest, currency: total.currency, lines: lines.map((line) => ({ ...line, unitPrice: line.unitPrice.amount })) },
  };
}
