import { Batched } from '@tradewind/chassis/postgres/batched.ts';
import type { Fetched, PartitionOf, Wanted } from '../group/store.ts';
import { decodeMessage } from '../message.ts';
import type { LogRecord } from '../port.ts';
import type { Database } from './database.ts';
import type { Topics } from './topics.ts';

/** All partitions in one statement. `$4`: bytes from each at most, but one record in any case. */
const FETCH = { name: 'log-fetch', text: `
  select wanted.n, record.record_offset, record.taken_at, record.message
  from unnest($1::int[], $2::bigint[], $3::int[]) with ordinality as wanted (partition_id, from_offset, most, n)
  cross join lateral (
    select *, sum(octet_length(message)) over (order by record_offset rows unbounded preceding) - octet_length(message) as before
    from (
      select record_offset, taken_at, message from log.records
      where partition_id = wanted.partition_id and record_offset >= wanted.from_offset
      order by record_offset limit wanted.most) as next_ones
  ) as record
  where record.before < $4
  order by wanted.n, record.record_offset` };

const MOST_BYTES = 8_000_000;
/** UTF-16 units that may be as many bytes as make an answer stop short. */
const unitsOf = (bytes: number): number => bytes / 3;

type Known = Wanted & { id: number };

/** Reads; calls at the same time share a statement. */
export class Reader {
  readonly #database: Database;
  readonly #topics: Topics;
  readonly #calls: Batched<Known[], Fetched[]>;

  constructor(database: Database, topics: Topics) {
    this.#database = database;
    this.#topics = topics;
    this.#calls = new Batched({ send: (calls) => this.#send(calls), weigh: (call) => call.length, most: 64 });
  }

  /** @throws CodedError `topic-unknown` · `log-unavailable` */
  async fetch(wanted: Wanted[]): Promise<Fetched[]> {
    return this.#calls.add(await Promise.all(wanted.map(async (each) => ({ ...each, id: await this.#topics.partitionId(each) }))));
  }

  async #send(calls: Known[][]): Promise<Fetched[][]> {
    const all = calls.flat();
    const bytes = Math.floor(MOST_BYTES / all.length);
    const rows = await this.#database.rows(FETCH, [
      all.map((each) => each.id), all.map((each) => each.from), all.map((each) => each.limit), bytes]);
    const fetched = collect(all, rows as [string, string, string, string][], unitsOf(bytes));
    let at = 0;
    return calls.map((call) => fetched.slice(at, at += call.length));
  }
}

function collect(wanted: Wanted[], rows: [string, string, string, string][], full: number): Fetched[] {
  const fetched = wanted.map(() => ({ records: [] as LogRecord[], units: 0 }));
  for (const [n, offset, at, line] of rows) {
    const index = Number(n) - 1;
    const where = wanted[index];
    const into = fetched[index];
    if (!where || !into) continue;
    into.records.push(recordOf(where, { offset: Number(offset), at: Number(at) }, line));
    into.units += line.length;
  }
  return fetched.map(({ records, units }, index) => ({ records, more: records.length === wanted[index]?.limit || units >= full }));
}

function recordOf({ topic, partition }: PartitionOf, { offset, at }: { offset: number; at: number }, line: string): LogRecord {
  const { key, envelope } = decodeMessage(line);
  return { topic, partition, offset, key, envelope, at };
}
