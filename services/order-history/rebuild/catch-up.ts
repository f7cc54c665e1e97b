import { allEnded } from '@tradewind/chassis/all-ended.ts';
import { topics as names } from '@tradewind/events/topology.ts';
import type { Log, LogRecord, PartitionEnds } from '@tradewind/log/port.ts';
import { fold } from '../domain/fold.ts';
import { Projector } from '../messaging/projector.ts';
import type { Sieve } from '../messaging/sieve.ts';
import { readModelErrors } from '../read-model/errors.ts';
import type { Position, Projection } from '../read-model/projection.ts';

/** Every topic that order-history folds. */
export const topics: string[] = Object.values(names);

export interface CatchUpOptions {
  /** Records folded in one transaction. Default 2,000: with more, what is in hand outlives the young generation. */
  batch?: number;
  /** Partitions folded at a time: while one is being written, another is read and folded. Default 2. */
  width?: number;
  /** What of the log is folded. Default: everything. */
  sieve?: Sieve;
  /** Ends it between two batches. */
  signal?: AbortSignal;
  /** Told after each batch by how much a position moved on. May hold the next batch up, or end it all by rejecting. */
  onProgress?: (records: number) => Promise<void>;
}

/** One partition, from where it stands to where it is to stand. */
interface Stretch { topic: string; partition: number; from: number | undefined; to: number }

/** Folds the log into a projection, from where that stands in each partition to where it is told. */
export class CatchUp {
  readonly #projection: Projection;
  readonly #log: Pick<Log, 'read' | 'ends'>;
  readonly #options: CatchUpOptions;
  readonly #projector: Projector;

  constructor(projection: Projection, log: Pick<Log, 'read' | 'ends'>, options: CatchUpOptions = {}) {
    this.#projection = projection;
    this.#log = log;
    this.#options = options;
    this.#projector = new Projector(projection, log, undefined, options.sieve);
  }

  /**
   * @param from where the projection stands, `to` where it is to stand: no further than the log goes.
   * @throws CodedError `log-too-short` · what the ports throw · the signal's reason. What was folded until then is kept.
   */
  async run(from: Position[], to: Position[]): Promise<void> {
    const stands = new Map(from.map(({ topic, partition, next }) => [`${topic}/${partition}`, next]));
    const stretches = to.map(({ topic, partition, next }): Stretch => ({ topic, partition, from: stands.get(`${topic}/${partition}`), to: next }))
      .filter((stretch) => (stretch.from ?? 0) < stretch.to);
    const ends = await this.#ends(stretches);
    const waiting = stretches.values();
    await allEnded(Array.from({ length: this.#options.width ?? 2 }, async () => {
      for (const stretch of waiting) await this.#fold(stretch, ends.get(stretch.topic)?.find(({ partition }) => partition === stretch.partition)?.first ?? 0);
    }));
  }

  /** Where the log begins matters only for partitions that nothing is known of. */
  async #ends(stretches: Stretch[]): Promise<Map<string, PartitionEnds[]>> {
    const unknown = new Set(stretches.flatMap(({ topic, from }) => from === undefined ? [topic] : []));
    return new Map(await Promise.all([...unknown].map(async (topic) => [topic, await this.#log.ends(topic)] as const)));
  }

  async #fold({ topic, partition, from, to }: Stretch, first: number): Promise<void> {
    const { batch = 2000, signal, onProgress } = this.#options;
    const read = async (at: number): Promise<LogRecord[]> => at < to ? this.#log.read(topic, partition, at, Math.min(batch, to - at)) : [];
    const inside = (records: LogRecord[]): LogRecord[] => records.filter(({ offset }) => offset < to);
    let stands = from;
    let records = await read(from ?? first);
    for (let mine = inside(records), last = mine.at(-1); last; mine = inside(records), last = mine.at(-1)) {
      signal?.throwIfAborted();
      const next = last.offset + 1;
      const following = read(next);
      await Promise.all([this.#projector.project(mine), following]);
      await onProgress?.(next - (stands ?? 0));
      stands = next;
      records = await following;
    }
    if ((stands ?? 0) < to) await this.#beyond({ topic, partition, from: stands, to }, records.length > 0 || first >= to);
  }

  /** The log holds nothing of what is left. Where it goes on after that, it no longer keeps it, and the comparison will show. */
  async #beyond({ topic, partition, from, to }: Stretch, goesOn: boolean): Promise<void> {
    if (!goesOn) throw readModelErrors.error('log-too-short', `${topic}/${partition} does not reach to ${to}`);
    await this.#projection.apply(fold([], new Map()), { topic, partition, from, next: to });
  }
}

/** Folds all that the log has into a projection, from where that stands. */
export async function followLog(projection: Projection & { positions(): Promise<Position[]> }, log: Log, options: CatchUpOptions = {}): Promise<void> {
  const ends = await Promise.all(topics.map(async (topic) => (await log.ends(topic)).map(({ partition, next }) => ({ topic, partition, next }))));
  await new CatchUp(projection, log, options).run(await projection.positions(), ends.flat());
}
