import type { Binding, RetryPolicy, Topology } from '../port.ts';
import { missing, retryOf, type KnownExchange, type KnownQueue, type KnownTopology } from '../topology.ts';
import type { ExchangeKind } from '../routing.ts';
import type { Database, Turn } from './database.ts';

const READ = {
  name: 'tasks-topology',
  text: `
    select version::float8 as version,
      (select coalesce(json_agg(json_build_object('name', name, 'kind', kind)), '[]') from tasks.exchanges) as exchanges,
      (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'retry', retry, 'owner', owner)), '[]') from tasks.queues) as queues,
      (select coalesce(json_agg(json_build_object('exchange', b.exchange, 'queue', q.name, 'pattern', b.pattern) order by b.id), '[]')
        from tasks.bindings b join tasks.queues q on q.id = b.queue) as bindings
    from tasks.topology`,
};
/** See the migration for what these locks mean. */
const LOCK_SESSION = { name: 'tasks-lock-session', text: 'select pg_advisory_xact_lock_shared(1952543595, $1)' };
const LOCK = { name: 'tasks-lock', text: 'select pg_advisory_xact_lock(1952543595, 0)' };
const DECLARE = { name: 'tasks-declare', text: 'select tasks.declare($1, $2, $3, $4)' };
const DROP = { name: 'tasks-drop', text: 'select tasks.drop_queues($1)' };

interface Row {
  version: number;
  exchanges: { name: string; kind: ExchangeKind }[];
  queues: { id: number; name: string; retry: RetryPolicy; owner: number | null }[];
  bindings: Binding[];
}

export interface StoredQueue extends KnownQueue { id: number }

/** The topology at one version. */
export interface StoredTopology extends KnownTopology {
  version: number;
  queues: Map<string, StoredQueue>;
}

/** The topology, as last read. Others may have changed it since: publishing notices that, and reads again. */
export class Topologies {
  readonly #database: Database;
  #known: Promise<StoredTopology> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** As last read; read now if never. */
  known(): Promise<StoredTopology> {
    return this.#known ?? this.read();
  }

  read(): Promise<StoredTopology> {
    const reading = read(this.#database);
    this.#known = reading;
    reading.catch(() => { if (this.#known === reading) this.#known = undefined; });
    return reading;
  }

  /** @param owner session that temporary queues go with, 0 where there are none. */
  async declare(topology: Topology, owner: number): Promise<void> {
    await this.#database.transaction(async (turn) => {
      if (owner !== 0) await turn.rows(LOCK_SESSION, [owner]);
      await turn.rows(LOCK);
      const { exchanges, queues, bindings } = missing(await read(turn), topology, owner);
      if (exchanges.length + queues.length + bindings.length === 0) return;
      const stored = queues.map((queue) => ({ name: queue.name, retry: retryOf(queue), owner: queue.temporary ? owner : null }));
      await turn.rows(DECLARE, [JSON.stringify(exchanges), JSON.stringify(stored), JSON.stringify(bindings), owner]);
    });
    await this.read();
  }

  /** With all that is in them. */
  async drop(queues: number[]): Promise<void> {
    await this.#database.rows(DROP, [queues]);
    await this.read();
  }
}

async function read(turn: Turn): Promise<StoredTopology> {
  const [row] = await turn.rows<Row & Record<string, unknown>>(READ);
  if (!row) throw new Error('tasks.topology is empty');
  const exchanges = new Map(row.exchanges.map(({ name, kind }): [string, KnownExchange] => [name, { kind, bindings: [] }]));
  for (const { exchange, queue, pattern } of row.bindings) exchanges.get(exchange)?.bindings.push({ queue, pattern });
  const queues = new Map(row.queues.map(({ id, name, retry, owner }): [string, StoredQueue] => [name, { id, retry, ...(owner !== null && { owner }) }]));
  return { version: row.version, exchanges, queues };
}
