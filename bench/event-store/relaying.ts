import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { openPostgresEventStore } from '@tradewind/event-store/postgres/store.ts';
import { startRelay } from '@tradewind/event-store/relay/relay.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { BenchmarkOptions } from '../benchmarks.ts';
import { row, type Row } from '../result.ts';
import type { Databases } from './appends.ts';
import { appendToEmmett, openEmmett } from './emmett.ts';
import { event, newStream } from './payload.ts';

const PER_SECOND = 300;
/**
 * Emmett's consumer waits up to a second after a page that was not full; small pages keep it awake at this
 * rate, and are its fastest setting here.
 */
const EMMETT_PULLING = { batchSize: 10, pullingFrequencyInMs: 10 };

/** Instants by event id: when its append was answered, and when it was handed over. */
class Passages {
  readonly #committed = new Map<string, number>();
  readonly #relayed = new Map<string, number>();

  committed(id: string): void {
    this.#committed.set(id, performance.now());
  }

  relayed(id: string): void {
    if (!this.#relayed.has(id)) this.#relayed.set(id, performance.now());
  }

  /** Waits for stragglers until none came for `patienceMs`, and forgets everything. */
  async found(patienceMs: number): Promise<Found> {
    for (let left = this.#missing(), idle = 0; left > 0 && idle < patienceMs; idle += 50) {
      await sleep(50);
      const now = this.#missing();
      if (now < left) idle = 0;
      left = now;
    }
    const taken = [...this.#committed].map(([id, at]) => Math.max(0, (this.#relayed.get(id) ?? NaN) - at))
      .filter((ms) => !Number.isNaN(ms)).sort((a, b) => a - b);
    const found = { p99: taken[Math.ceil(taken.length * 0.99) - 1] ?? NaN, missed: this.#missing() };
    this.#committed.clear();
    this.#relayed.clear();
    return found;
  }

  #missing(): number {
    return [...this.#committed.keys()].filter((id) => !this.#relayed.has(id)).length;
  }
}

/** `p99`: milliseconds that 99 in 100 of the events that were handed over took at most. `missed`: those that never were. */
interface Found { p99: number; missed: number }

interface Subject { url: string; passages: Passages; append(): Promise<void>; close(): Promise<void> }

/** From the commit of an event to its being handed to the broker or consumer, while both sides get a steady load. */
export async function measureRelaying({ ours, emmett }: Databases, { short, say }: BenchmarkOptions, runs: number): Promise<Row[]> {
  const [quietMs, busyMs] = short ? [1_500, 2_000] : [20_000, 60_000];
  const subjects = [await openOurs(ours), await openEmmettConsumer(emmett)];
  const quiet: Found[][] = [];
  const busy: Found[][] = [];
  await phase(subjects, quietMs / 4, 0);
  for (let run = 0; run < runs; run += 1) {
    quiet.push(await phase(subjects, quietMs, 0));
    busy.push(await phase(subjects, busyMs, busyMs));
    say(`  relayed, p99: ${inShort(quiet.at(-1))}; beside a transaction of ${busyMs / 1_000} s: ${inShort(busy.at(-1))}`);
  }
  for (const subject of subjects) await subject.close();
  const both = quiet.map((found, run) => found.map(({ missed }, at) => missed + (busy[run]?.[at]?.missed ?? 0)));
  return [
    p99('commit → relayed, p99', quiet),
    p99(`commit → relayed, p99, beside an unrelated transaction of ${busyMs / 1_000} s`, busy),
    row({
      what: 'committed, never relayed', unit: 'events', better: 'lower', ours: both.map(([ours]) => ours ?? NaN), goal: { atMost: 0 },
      peer: { name: 'Emmett', values: both.map(([, peer]) => peer ?? NaN) },
    }),
  ];
}

function inShort(found: Found[] | undefined): string {
  return (found ?? []).map((each) => `${each.p99.toFixed(1)} ms (${each.missed} missed)`).join(' and ');
}

function p99(what: string, found: Found[][]): Row {
  const of = (at: number) => found.map((each) => each[at]?.p99 ?? NaN);
  return row({ what, unit: 'ms', better: 'lower', ours: of(0), peer: { name: 'Emmett', values: of(1) }, goal: { atMost: 100 } });
}

/** Appends to all subjects at a steady rate, with a transaction open in each database for `openMs`. */
async function phase(subjects: Subject[], ms: number, openMs: number): Promise<Found[]> {
  const patienceMs = Math.min(5_000, ms);
  const closing = openMs > 0 ? subjects.map(({ url }) => holdOpen(url, openMs)) : [];
  const appending: Promise<void>[] = [];
  const began = performance.now();
  for (let sent = 0; performance.now() - began < ms; await sleep(5))
    for (; sent < ((performance.now() - began) / 1_000) * PER_SECOND; sent += 1)
      for (const subject of subjects) appending.push(subject.append());
  await Promise.all(appending);
  await Promise.all(closing);
  return Promise.all(subjects.map(({ passages }) => passages.found(patienceMs)));
}

/** A transaction that has nothing to do with events, but has written, and keeps its snapshot. */
async function holdOpen(url: string, ms: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create table if not exists unrelated (n int)');
  await client.query('begin isolation level repeatable read');
  await client.query('insert into unrelated values (1)');
  await sleep(ms);
  await client.query('commit');
  await client.end();
}

async function openOurs(url: string): Promise<Subject> {
  const wakeup = localWakeup();
  const store = await openPostgresEventStore({ url, topic: 'bench', name: 'bench', clock: systemClock, wakeup });
  const passages = new Passages();
  const relay = startRelay({
    name: 'bench', outbox: store, wakeup, clock: systemClock, random: systemRandom, metrics: new Registry(), logger: pino({ level: 'silent' }),
    log: { async publish(_topic, messages) {
      for (const { envelope } of messages) passages.relayed(envelope.id);
      return [];
    } },
    tasks: { publish: async () => undefined },
  });
  while ((await store.backlog('log')).rows > 0) await sleep(100);
  return {
    url, passages,
    async append() {
      const stream = newStream();
      const draft = event(stream);
      await store.append([{ stream, expected: 0, events: [draft] }]);
      passages.committed(draft.id);
    },
    async close() {
      await relay.stop();
      await store.close();
    },
  };
}

async function openEmmettConsumer(url: string): Promise<Subject> {
  const { store, close } = await openEmmett(url, 3);
  const passages = new Passages();
  const consumer = store.consumer({ pulling: EMMETT_PULLING });
  consumer.reactor({
    processorId: 'bench', startFrom: 'BEGINNING',
    eachMessage: (message: { metadata: object }) => passages.relayed((message.metadata as { id: string }).id),
  });
  const consuming = consumer.start();
  return {
    url, passages,
    async append() {
      passages.committed(await appendToEmmett(store));
    },
    async close() {
      await consumer.close();
      await consuming;
      await close();
    },
  };
}
