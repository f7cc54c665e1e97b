import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { openPostgresEventStore } from '@tradewind/event-store/postgres/store.ts';
import pg from 'pg';
import type { BenchmarkOptions } from '../benchmarks.ts';
import { row, type Row } from '../result.ts';
import { appendToEmmett, openEmmett } from './emmett.ts';
import { event, newStream } from './payload.ts';

const WRITERS = [1, 8, 32];
/** What the store has for appends unless told otherwise. */
const CONNECTIONS = 2;

const SIDES = ['grouped', 'apart', 'insert', 'insertOnOurs', 'emmett'] as const;
type Side = (typeof SIDES)[number];
type Rates = Record<Side, number[]>;

interface Subject { append(): Promise<unknown>; close(): Promise<void> }

export interface Databases { ours: string; plain: string; emmett: string }

/** Appends per second to new streams, by closed loops of writers in one process; the sides take turns. */
export async function measureAppends(databases: Databases, { short, say }: BenchmarkOptions, runs: number): Promise<Row[]> {
  const sliceMs = short ? 150 : 1_500;
  const rows: Row[] = [];
  for (const writers of WRITERS) {
    const subjects = await open(databases, writers);
    const rates: Rates = { grouped: [], apart: [], insert: [], insertOnOurs: [], emmett: [] };
    for (const side of SIDES) await slice(subjects[side], writers, sliceMs / 2);
    for (let run = 0; run < runs; run += 1)
      for (const side of SIDES) rates[side].push(await slice(subjects[side], writers, sliceMs));
    for (const side of SIDES) await subjects[side].close();
    say(`  ${writers} writers: ${SIDES.map((side) => `${side} ${Math.round(Math.max(...rates[side]))}/s`).join(', ')}`);
    rows.push(...rowsOf(rates, writers));
  }
  return rows;
}

async function slice({ append }: Subject, writers: number, ms: number): Promise<number> {
  let appended = 0;
  const began = performance.now();
  const end = began + ms;
  await Promise.all(Array.from({ length: writers }, async () => {
    while (performance.now() < end) {
      await append();
      appended += 1;
    }
  }));
  return appended / ((performance.now() - began) / 1_000);
}

async function open({ ours, plain, emmett }: Databases, writers: number): Promise<Record<Side, Subject>> {
  const peer = await openEmmett(emmett, writers);
  return {
    grouped: await openOurs(ours, {}),
    apart: await openOurs(ours, { groupSize: 1, connections: writers }),
    insert: await openInsert(plain, writers),
    insertOnOurs: await openInsert(plain, CONNECTIONS),
    emmett: { append: () => appendToEmmett(peer.store), close: () => peer.close() },
  };
}

async function openOurs(url: string, more: { groupSize?: number; connections?: number }): Promise<Subject> {
  const store = await openPostgresEventStore({ url, topic: 'bench', name: 'bench', clock: systemClock, ...more });
  return {
    append() {
      const stream = newStream();
      return store.append([{ stream, expected: 0, events: [event(stream)] }]);
    },
    close: () => store.close(),
  };
}

/** The least that keeps an event: one row, one index, a prepared statement. */
async function openInsert(url: string, connections: number): Promise<Subject> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  await pool.query('create table if not exists plain (stream text, version int, envelope json, primary key (stream, version))');
  return {
    append() {
      const stream = newStream();
      return pool.query({ name: 'insert', text: 'insert into plain values ($1, $2, $3)', values: [stream, 1, JSON.stringify(event(stream))] });
    },
    close: () => pool.end(),
  };
}

function rowsOf(rates: Rates, writers: number): Row[] {
  const many = `${writers} ${writers === 1 ? 'writer' : 'writers'}`;
  const figure = { unit: '1/s', better: 'higher' as const };
  const insert = { name: 'INSERT, a connection a writer', values: rates.insert };
  const emmett = { name: 'Emmett', values: rates.emmett };
  return [
    row({ ...figure, what: `appends, ${many}`, ours: rates.grouped, peer: emmett, goal: { ratio: 2 } }),
    row({ ...figure, what: `appends, ${many}`, ours: rates.grouped, peer: insert, goal: { ratio: 0.8 } }),
    row({
      ...figure, what: `appends, ${many}`, ours: rates.grouped, goal: { ratio: 0.8 },
      peer: { name: `INSERT, on ${CONNECTIONS} connections as ours`, values: rates.insertOnOurs },
    }),
    row({ ...figure, what: `appends not grouped, ${many}`, ours: rates.apart, peer: emmett }),
    row({ ...figure, what: `appends not grouped, ${many}`, ours: rates.apart, peer: insert }),
  ];
}
