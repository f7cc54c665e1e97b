import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Holding } from '../group/holding.ts';
import { nameOf, type PartitionOf } from '../group/store.ts';
import type { LogRecord } from '../port.ts';
import type { Cluster } from './cluster.ts';
import { asLogError, BrokerError } from './failure.ts';
import { EARLIEST, LATEST, type FetchedPartition, type Node, type RawRecord } from './link.ts';
import { offsetsAt } from './positions.ts';
import { decodeRecord } from './record.ts';

interface Options {
  cluster: Cluster;
  clock: Clock;
  logger?: Logger;
  /** Begins the name of the lanes that are its own. */
  lane: string;
  /** Records in a batch at most. */
  batch: number;
}

/** A broker answers a fetch when there is something, or after this time. */
const WAIT_MS = 500;
/** Fetches on their way to one broker: a partition that becomes free need not wait for the others' fetch to end. */
const FETCHES = 3;
/** The last of them must not keep a partition waiting that becomes free after it. */
const LAST_WAIT_MS = 50;
const PARTITION_BYTES = 1_000_000;
const FETCH_BYTES = 8_000_000;
const AGAIN_AFTER_MS = 100;
const REFUSED_AGAIN_AFTER_MS = 5_000;

/** A partition being read: what came of it and waits to be handled. */
interface Source extends PartitionOf { holding: Holding; /** Next offset to fetch; undefined until it is known where the group stands. */ next?: number; waiting: LogRecord[]; fetching: boolean; /** Told of, since it was last fetched. */ failing?: boolean }

/**
 * Reads ahead, for each partition of a member, about as much as one batch beyond what is being handled; one whose batches
 * take long is not fetched meanwhile.
 */
export class Feed {
  readonly #options: Options;
  readonly #sources = new Map<string, Source>();
  /** Lanes in use, by broker. */
  readonly #busy = new Map<number, Set<number>>();
  #scheduled = false;
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  add(of: PartitionOf, holding: Holding): void {
    this.#sources.set(nameOf(of), { topic: of.topic, partition: of.partition, holding, waiting: [], fetching: false });
    this.turn();
  }

  remove(of: PartitionOf, holding: Holding): void {
    if (this.#sources.get(nameOf(of))?.holding === holding) this.#sources.delete(nameOf(of));
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Something changed: a partition can take a batch, or its records came. */
  turn(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#turn();
    });
  }

  async #turn(): Promise<void> {
    for (const source of this.#sources.values()) this.#hand(source);
    const wanted = [...this.#sources.values()].filter((each) => !each.fetching && !each.holding.ending && each.next !== undefined && each.waiting.length < this.#options.batch);
    for (const source of wanted) source.fetching = true;
    const byNode = new Map<Node, Source[]>();
    for (const source of wanted) {
      try {
        const node = await this.#options.cluster.leader(source);
        byNode.set(node, [...(byNode.get(node) ?? []), source]);
      } catch (error) {
        this.#failed([source], error);
      }
    }
    for (const [node, sources] of byNode) void this.#fetch(node, sources);
  }

  #hand(source: Source): void {
    const { holding, waiting } = source;
    if (waiting.length > 0 || source.next === undefined) holding.hint();
    if (!holding.hungry) return;
    source.next ??= holding.wanted(1).from;
    if (waiting.length > 0) holding.take({ records: waiting.splice(0, this.#options.batch), more: waiting.length > 0 });
  }

  async #fetch(node: Node, sources: Source[]): Promise<void> {
    const { cluster, lane } = this.#options;
    const busy = this.#busy.get(node.id) ?? new Set<number>();
    this.#busy.set(node.id, busy);
    const free = Array.from({ length: FETCHES }, (_, n) => n).find((n) => !busy.has(n));
    if (free === undefined) {
      // One of those on their way ends soon, and looks again.
      for (const source of sources) source.fetching = false;
      return;
    }
    busy.add(free);
    const maxWaitMs = busy.size < FETCHES ? WAIT_MS : LAST_WAIT_MS;
    try {
      const wanted = sources.map(({ topic, partition, next = 0 }) => ({ topic, partition, from: next, maxBytes: PARTITION_BYTES }));
      const fetched = await cluster.links.call(`${lane} fetch ${free}`, node, (link) => link.fetch({ maxWaitMs, maxBytes: FETCH_BYTES, wanted }), WAIT_MS + 5_000);
      const answers = new Map(fetched.map((each) => [nameOf(each), each]));
      for (const source of sources) await this.#answered(source, answers.get(nameOf(source)));
    } catch (error) {
      for (const { topic } of sources) cluster.forget(topic);
      this.#failed(sources, error);
    } finally {
      busy.delete(free);
      this.turn();
    }
  }

  async #answered(source: Source, answer: FetchedPartition | undefined): Promise<void> {
    const { cluster } = this.#options;
    const { error = 'NONE', records = [] } = answer ?? {};
    if (error === 'OFFSET_OUT_OF_RANGE') return this.#reset(source);
    if (error !== 'NONE') {
      cluster.forget(source.topic);
      return this.#failed([source], new BrokerError(error, nameOf(source)));
    }
    // Batches come whole: what was asked for may not be their first record.
    for (const record of records) if (record.offset >= (source.next ?? 0)) this.#came(source, record);
    source.fetching = false;
  }

  #came(source: Source, record: RawRecord): void {
    const { topic, partition, waiting } = source;
    source.next = record.offset + 1;
    const decoded = decodeRecord(source, record);
    if (decoded) waiting.push(decoded);
    else this.#options.logger?.error({ topic, partition, offset: record.offset }, 'a record that is no message of ours was passed over');
  }

  /** What the group stood at is gone, or was never there: goes on where there is something. */
  async #reset(source: Source): Promise<void> {
    const { cluster, logger } = this.#options;
    try {
      const [first, next] = await Promise.all([EARLIEST, LATEST].map(async (time) => (await offsetsAt(cluster, [source], time)).get(nameOf(source)) ?? 0));
      const position = source.next;
      source.next = (position ?? 0) < (first ?? 0) ? first : next;
      logger?.error({ topic: source.topic, partition: source.partition, position, first, next }, 'no record at this position: read on from where there are some');
      source.fetching = false;
    } catch (error) {
      this.#failed([source], error);
    }
  }

  #failed(sources: Source[], error: unknown): void {
    const { clock, logger } = this.#options;
    if (this.#stopped) return;
    const told = asLogError(error);
    const refused = !(told instanceof Error && 'canRetry' in told && told.canRetry === true);
    for (const { topic, partition } of sources.filter(({ failing }) => !failing).slice(0, 1))
      logger?.warn({ err: told, topic, partition, partitions: sources.length }, 'records not fetched');
    for (const source of sources) source.failing = true;
    clock.after(refused ? REFUSED_AGAIN_AFTER_MS : AGAIN_AFTER_MS, () => {
      for (const source of sources) source.fetching = false;
      this.turn();
    });
  }
}
