import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Lane, Outbox, OutboxRow } from '../outbox.ts';
import type { Database, Statement } from './database.ts';
import { Horizon } from './horizon.ts';
import { stamped } from './read.ts';

const LEAD = {
  name: 'lead',
  text: `
    insert into relay_leases as l (lane, holder, epoch, expires_at)
    values ($1, $2, 1, clock_timestamp() + $3 * interval '1 ms')
    on conflict (lane) do update set holder = excluded.holder, expires_at = excluded.expires_at,
      epoch = l.epoch + case when l.holder = excluded.holder then 0 else 1 end
    where l.holder = excluded.holder or l.expires_at < clock_timestamp()
    returning epoch`,
};

const YIELD = {
  name: 'yield',
  text: `update relay_leases set expires_at = '-infinity' where lane = $1 and holder = $2`,
};

const ROWS: Record<Lane, string> = {
  log: `
    select o.id::float8 as id, e.stream, e.version, e.envelope
    from outbox_log o join events e on e.position = o.id
    where o.id > $1 and o.id <> all($4::bigint[]) order by o.id limit $2`,
  tasks: `
    select o.id::float8 as id, o.exchange, o.routing_key, o.envelope from outbox_tasks o
    where o.id > $1 and o.id <> all($4::bigint[]) order by o.id limit $2`,
};

/**
 * Deletes what was published (`$4`) and gives the next rows, in one round trip; one row at least, which says whether `$3`
 * leads. The lease row is locked, so that a delete and a change of leader come one after the other.
 */
const step = (lane: Lane): Statement => ({
  name: `step-${lane}`,
  text: `
    with leader as materialized (select from relay_leases where lane = '${lane}' and epoch = $3 for share),
    removed as (delete from outbox_${lane} where id = any($4::bigint[]) and exists (select from leader))
    select (select exists (select from leader)) as leads, rows.* from (values (1)) one left join lateral (${ROWS[lane]}) as rows on true`,
});
const STEP = { log: step('log'), tasks: step('tasks') };

const backlog = (lane: Lane): Statement => ({
  name: `backlog-${lane}`,
  text: `
    select count(*)::int as rows, coalesce(extract(epoch from clock_timestamp() - min(at)) * 1000, 0)::float8 as oldest
    from outbox_${lane}`,
});
const BACKLOG = { log: backlog('log'), tasks: backlog('tasks') };

type Row =
  | { id: number; stream: string; version: number; envelope: Envelope }
  | { id: number; exchange: string; routing_key: string; envelope: Envelope };

/** The outbox rows of one database; those of the log go to `topic`. */
export function postgresOutbox(database: Database, topic: string): Outbox {
  const steps = { log: new Steps(database, 'log'), tasks: new Steps(database, 'tasks') };
  const horizons = { log: new Horizon(database), tasks: new Horizon(database) };
  return {
    async lead(lane, holder, ttlMs) {
      const [row] = await database.query<{ epoch: number }>(LEAD, [lane, holder, ttlMs]);
      return row?.epoch;
    },
    async yield(lane, holder) {
      await database.query(YIELD, [lane, holder]);
    },
    scan: async (lane, floor, limit) => (await steps[lane].scan(floor, limit)).map((row) => outboxRow(row, topic)),
    horizon: (lane) => horizons[lane].look(),
    remove: (lane, epoch, ids) => steps[lane].remove(epoch, ids),
    async backlog(lane) {
      const [row] = await database.query<{ rows: number; oldest: number }>(BACKLOG[lane]);
      return { rows: row?.rows ?? 0, oldestMs: Math.max(0, row?.oldest ?? 0) };
    },
  };
}

interface Removal { epoch: number | null; ids: number[]; resolve(leads: boolean): void; reject(error: unknown): void }

const NO_REMOVAL: Removal = { epoch: null, ids: [], resolve: () => undefined, reject: () => undefined };

/** Scans and removals of one lane: a removal goes with a scan that is asked for in the same breath. */
class Steps {
  readonly #database: Database;
  readonly #lane: Lane;
  #removal = NO_REMOVAL;

  constructor(database: Database, lane: Lane) {
    this.#database = database;
    this.#lane = lane;
  }

  scan(floor: number, limit: number): Promise<Row[]> {
    return this.#step(floor, limit);
  }

  remove(epoch: number, ids: number[]): Promise<boolean> {
    if (this.#removal !== NO_REMOVAL) this.#removeAlone();
    return new Promise((resolve, reject) => {
      const removal = { epoch, ids, resolve, reject };
      this.#removal = removal;
      queueMicrotask(() => { if (this.#removal === removal) this.#removeAlone(); });
    });
  }

  #removeAlone(): void {
    this.#step(0, 0).catch(() => undefined); // whoever removes is told
  }

  async #step(floor: number, limit: number): Promise<Row[]> {
    const { epoch, ids, resolve, reject } = this.#removal;
    this.#removal = NO_REMOVAL;
    try {
      const rows = await this.#database.query<{ leads: boolean } & (Row | { id: null })>(STEP[this.#lane], [floor, limit, epoch, ids]);
      resolve(rows.some(({ leads }) => leads));
      return rows.filter((row) => row.id !== null);
    } catch (error) {
      reject(error);
      throw error;
    }
  }
}

function outboxRow(row: Row, topic: string): OutboxRow {
  if ('exchange' in row)
    return { id: row.id, lane: 'tasks', exchange: row.exchange, routingKey: row.routing_key, envelope: row.envelope };
  const envelope = stamped(row.envelope, row.stream, row.version);
  return { id: row.id, lane: 'log', topic, key: envelope.partitionkey, envelope };
}
