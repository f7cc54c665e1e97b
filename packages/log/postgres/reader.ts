import { Batched } from '@tradewind/chassis/system/batched.ts';
import type { Fetched, PartitionOf, Wanted } from '../group/store.ts';
import { decodeMessages } from '../message.ts';
import type { LogRecord, Message } from '../port.ts';
import type { Database } from './database.ts';
import type { Topics } from './topics.ts';

/**
 * All partitions in one statement, a row each: offsets have no gap, so the first tells the others, and messages are JSON,
 * so they are joined to one text, which costs both sides less than a row each. `$4`: bytes from each at most, but one
 * record in any case.
 */
const FETCH = { name: 'log-fetch', text: `
  select wanted.n, page.first, page.taken_at, page.messages
  from unnest($1::int[], $2::bigint[], $3::int[]) with ordinality as wanted (partition_id, from_offset, most, n)
  cross join lateral (
    select max(record_offset) as last
    from (
      select record_offset, sum(size) over (order by record_offset rows unbounded preceding) - size as before
      from (
        select record_offset, octet_length(message) as size from log.records
        where partition_id = wanted.partition_id and record_offset >= wanted.from_offset
        order by record_offset limit wanted.most) as next_ones
    ) as measured
    where before < $4) as reach
  cross join lateral (
    select min(record_offset) as first, string_agg(taken_at::text, ',') as taken_at, string_agg(message, ',') as messages
    from (
      select record_offset, taken_at, message from log.records
      where partition_id = wanted.partition_id and record_offset between wanted.from_offset and reach.last
      order by record_offset) as record) as page
  where page.first is not null` };

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

  /** Groups that keep step want the same of a partition: it is fetched and decoded once. */
  async #send(calls: Known[][]): Promise<Fetched[][]> {
    const asked = new Map<string, Known>();
    for (const wanted of calls.flat()) {
      const same = asked.get(keyOf(wanted));
      if (!same || same.limit < wanted.limit) asked.set(keyOf(wanted), wanted);
    }
    const all = [...asked.values()];
    const bytes = Math.floor(MOST_BYTES / all.length);
    const rows = await this.#database.rows(FETCH, [
      all.map((each) => each.id), all.map((each) => each.from), all.map((each) => each.limit), bytes]);
    const fetched = collect(all, rows as [string, string, string, string][], unitsOf(bytes));
    return calls.map((call) => call.map((wanted) => upTo(wanted.limit, fetched.get(keyOf(wanted)))));
  }
}

function keyOf({ id, from }: Known): string {
  return `${id}@${from}`;
}

function upTo(limit: number, { records, more }: Fetched = { records: [], more: false }): Fetched {
  return records.length < limit ? { records, more } : { records: records.slice(0, limit), more: true };
}

function collect(wanted: Known[], rows: [string, string, string, string][], full: number): Map<string, Fetched> {
  const fetched = new Map<string, Fetched>();
  for (const [n, first, taken, messages] of rows) {
    const where = wanted[Number(n) - 1];
    if (!where) continue;
    const records = recordsOf(where, Number(first), JSON.parse(`[${taken}]`) as number[], decodeMessages(messages));
    fetched.set(keyOf(where), { records, more: messages.length >= full });
  }
  return fetched;
}

function recordsOf({ topic, partition }: PartitionOf, first: number, taken: number[], messages: Message[]): LogRecord[] {
  return messages.map(({ key, envelope }, place) => ({ topic, partition, offset: first + place, key, envelope, at: taken[place] ?? 0 }));
}
