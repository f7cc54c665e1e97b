import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Snapshot, Stream, Wanted } from '../port.ts';
import { storable } from '../storable.ts';
import type { Database } from './database.ts';

/** One row an event, or a single one for a stream without any; the snapshot comes with the first. */
const LOAD = {
  name: 'load',
  text: `
    select w.k::int - 1 as k, coalesce(h.version, 0) as head, n.version as snapshot_version,
      case when e.version is null or e.version = n.version + 1 then n.state end as state,
      e.version, e.envelope
    from unnest($1::text[], $2::int[], $3::text[]) with ordinality as w(stream, after, schema, k)
    left join lateral (select version from events where stream = w.stream order by version desc limit 1) h on true
    left join snapshots n on n.stream = w.stream and n.schema = w.schema
    left join events e on e.stream = w.stream and e.version > coalesce(w.after, n.version, 0)
    order by w.k, e.version`,
};

const SAVE_SNAPSHOT = {
  name: 'save-snapshot',
  text: `
    insert into snapshots as s (stream, version, schema, state) values ($1, $2, $3, $4)
    on conflict (stream) do update set version = excluded.version, schema = excluded.schema, state = excluded.state
    where s.schema <> excluded.schema or s.version < excluded.version`,
};

/** Steps from name to name by the index, whatever the number of events between them. */
const STREAMS = {
  name: 'streams',
  text: `
    with recursive names as (
      (select stream from events where stream > $2 and stream >= $1 order by stream limit 1)
      union all
      select (select stream from events where stream > n.stream order by stream limit 1)
      from names n where starts_with(n.stream, $1)
    )
    select n.stream, (select version from events e where e.stream = n.stream order by version desc limit 1)
    from names n where starts_with(n.stream, $1) limit $3`,
};

const READ_ALL = {
  name: 'read-all',
  text: 'select position::float8 as position, stream, version, envelope from read_all($1, $2)',
};

interface LoadRow {
  k: number; head: number; snapshot_version: number | null; state: unknown; version: number | null;
  envelope: Envelope;
}

export async function load(database: Database, wanted: Wanted[]): Promise<Stream[]> {
  const rows = await database.query<LoadRow>(LOAD, [
    wanted.map((each) => each.stream),
    wanted.map((each) => each.after ?? null),
    wanted.map((each) => each.after === undefined ? each.snapshotSchema ?? null : null),
  ]);
  const streams = wanted.map(({ stream }): Stream => ({ stream, version: 0, events: [] }));
  for (const row of rows) {
    const into = streams[row.k];
    if (into) take(row, into, wanted[row.k]?.snapshotSchema ?? '');
  }
  return streams;
}

function take(row: LoadRow, into: Stream, schema: string): void {
  into.version = row.head;
  if (row.snapshot_version !== null && !into.snapshot)
    into.snapshot = { version: row.snapshot_version, schema, state: row.state };
  if (row.version !== null) into.events.push(stamped(row.envelope, into.stream, row.version));
}

/** The envelope with its place; it is stored without, since its place is the row's own. */
export function stamped(envelope: Envelope, stream: string, version: number): Envelope {
  envelope.subject = stream;
  envelope.streamversion = version;
  return envelope;
}

export async function saveSnapshot(database: Database, stream: string, snapshot: Snapshot): Promise<void> {
  await database.query(SAVE_SNAPSHOT, [stream, snapshot.version, snapshot.schema, storable(snapshot.state, 'snapshot')]);
}

export function streams(database: Database, prefix: string, after: string, limit: number): Promise<{ stream: string; version: number }[]> {
  return database.query(STREAMS, [prefix, after, limit]);
}

export async function readAll(database: Database, after: number, limit: number): Promise<{ position: number; event: Envelope }[]> {
  const rows = await database.query<{ position: number; stream: string; version: number; envelope: Envelope }>(READ_ALL, [after, limit]);
  return rows.map(({ position, stream, version, envelope }) => ({ position, event: stamped(envelope, stream, version) }));
}
