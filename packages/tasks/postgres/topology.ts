import { DEFAULT_RETRY, tasksErrors, type Binding, type QueueSpec, type RetryPolicy, type Topology } from '../port.ts';
import { route, type ExchangeKind } from '../routing.ts';
import type { Database, Statement } from './database.ts';

const EXCHANGE = { name: 'tasks-exchange', text: 'insert into tasks.exchanges (name, kind) values ($1, $2) on conflict do nothing' };
const QUEUE = { name: 'tasks-queue', text: 'insert into tasks.queues (name, policy, owner) values ($1, $2, $3) on conflict do nothing' };
const BINDING = { name: 'tasks-binding', text: 'insert into tasks.bindings (exchange, queue, pattern) values ($1, $2, $3) on conflict do nothing' };
const RAISE = { name: 'tasks-raise', text: 'update tasks.topology set version = version + 1' };
const READ = {
  name: 'tasks-topology',
  text: `select version::int,
    (select coalesce(json_agg(json_build_object('name', name, 'kind', kind)), '[]') from tasks.exchanges) as exchanges,
    (select coalesce(json_agg(json_build_object('name', name, 'policy', policy, 'temporary', owner is not null)), '[]') from tasks.queues) as queues,
    (select coalesce(json_agg(json_build_object('exchange', exchange, 'queue', queue, 'pattern', pattern) order by queue, pattern), '[]') from tasks.bindings) as bindings
    from tasks.topology`,
};

interface Row {
  version: number;
  exchanges: { name: string; kind: ExchangeKind }[];
  queues: { name: string; policy: string; temporary: boolean }[];
  bindings: Binding[];
}

/** Exchanges, queues and bindings as they were at one version. */
export class KnownTopology {
  readonly version: number;
  readonly #exchanges: Map<string, ExchangeKind>;
  readonly #queues: Map<string, { policy: string; temporary: boolean }>;
  readonly #bindings: Binding[];

  constructor({ version, exchanges, queues, bindings }: Row) {
    this.version = version;
    this.#exchanges = new Map(exchanges.map(({ name, kind }) => [name, kind]));
    this.#queues = new Map(queues.map((queue) => [queue.name, queue]));
    this.#bindings = bindings;
  }

  /** @throws CodedError `exchange-unknown` · `unroutable` */
  queuesFor(exchange: string, routingKey: string): string[] {
    const kind = this.#exchanges.get(exchange);
    if (!kind) throw tasksErrors.error('exchange-unknown', `no exchange ${exchange}`);
    const queues = route(kind, this.#bindings.filter((each) => each.exchange === exchange), routingKey);
    if (kind === 'direct' && queues.length === 0) throw tasksErrors.error('unroutable', `${exchange} has no binding for ${routingKey}`);
    return queues;
  }

  /** @throws CodedError `queue-unknown` */
  policy(queue: string): RetryPolicy {
    const known = this.#queues.get(queue);
    if (!known) throw tasksErrors.error('queue-unknown', `no queue ${queue}`);
    return JSON.parse(known.policy) as RetryPolicy;
  }

  /** @throws CodedError `topology-differs`, saying how */
  mustMatch({ exchanges, queues }: Topology): void {
    for (const { name, kind } of exchanges) differing(`exchange ${name} is`, this.#exchanges.get(name), kind);
    for (const queue of queues) {
      const known = this.#queues.get(queue.name);
      differing(`queue ${queue.name} has retry`, known?.policy, policyOf(queue));
      differing(`queue ${queue.name} is temporary:`, known?.temporary, queue.temporary ?? false);
    }
  }
}

function differing(what: string, is: unknown, wanted: unknown): void {
  if (is !== undefined && is !== wanted) throw tasksErrors.error('topology-differs', `${what} ${String(is)}, not ${String(wanted)}`);
}

function policyOf({ retry = DEFAULT_RETRY }: QueueSpec): string {
  const { attempts, delayMs, factor, maxDelayMs } = retry;
  return JSON.stringify({ attempts, delayMs, factor, maxDelayMs });
}

export async function readTopology(database: Database): Promise<KnownTopology> {
  const { rows: [row] } = await database.query<Row & Record<string, unknown>>(READ);
  return new KnownTopology(row ?? { version: 0, exchanges: [], queues: [], bindings: [] });
}

/** Creates what is missing. @param owner session that temporary queues go with. @throws CodedError `topology-differs` */
export async function declareTopology(database: Database, topology: Topology, owner: string): Promise<KnownTopology> {
  (await readTopology(database)).mustMatch(topology);
  const statements: [Statement, unknown[]][] = [[RAISE, []]]; // first: it also makes declarations wait for each other
  for (const { name, kind } of topology.exchanges) statements.push([EXCHANGE, [name, kind]]);
  for (const queue of topology.queues) statements.push([QUEUE, [queue.name, policyOf(queue), queue.temporary ? owner : null]]);
  for (const { exchange, queue, pattern } of topology.bindings) statements.push([BINDING, [exchange, queue, pattern]]);
  await database.transaction(statements);
  const known = await readTopology(database);
  known.mustMatch(topology);
  return known;
}
