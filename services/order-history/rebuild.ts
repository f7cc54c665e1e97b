import type { Log, LogRecord } from '@tradewind/log/port.ts';
import { topics as names } from '@tradewind/events/topology.ts';
import { Projector } from './messaging/projector.ts';
import { everything, type Sieve } from './messaging/sieve.ts';
import { readModelErrors, type Projection, type ReadModel } from './read-model/port.ts';

/** Every topic that order-history folds. */
export const topics: string[] = Object.values(names);

/** Rounds in which the log had nothing more and the live generation was ahead all the same. */
const IDLE = 10;

export interface RebuildOptions {
  /** Records folded in one transaction. Default 2,000: with more, what is in hand outlives the young generation. */
  batch?: number;
  /** Partitions folded at a time: while one is being written, another is read and folded. Default 2. */
  width?: number;
  /** What of the log is folded. Default: everything. */
  sieve?: Sieve;
  /** Ends the rebuild between two batches; the live generation stays. */
  signal?: AbortSignal;
  /** Told after each batch how many records were folded so far. */
  onProgress?: (records: number) => void;
}

/**
 * Folds the log from its beginning into a fresh generation, beside the live one, and puts it in the live
 * one's place once it is as far. Live consumers go on meanwhile.
 * @returns number of records folded.
 * @throws CodedError `rebuild-running` · `log-too-short` · `store-unavailable` · `log-unavailable`; or the signal's reason. The live generation then stays.
 */
export async function rebuild(model: Pick<ReadModel, 'beginGeneration'>, log: Log, options: RebuildOptions = {}): Promise<number> {
  const fresh = await model.beginGeneration();
  try {
    let records = 0;
    const progress = (more: number): void => {
      records += more;
      options.onProgress?.(records);
    };
    const catchUp = catcherUp(fresh, log, { ...options, progress });
    for (let idle = 0; idle < IDLE; ) {
      const before = records;
      await catchUp();
      if (await fresh.publish()) return records;
      idle = records === before ? idle + 1 : 0;
    }
    throw readModelErrors.error('log-too-short');
  } catch (error) {
    await fresh.discard();
    throw error;
  }
}

interface CatchUp extends RebuildOptions { progress: (more: number) => void }

/** Each call folds every partition from where it stands to its end. */
function catcherUp(projection: Projection, log: Log, { batch = 2000, width = 2, sieve = everything, signal, progress }: CatchUp): () => Promise<void> {
  const projector = new Projector(projection, log, undefined, sieve);
  const partition = async (topic: string, index: number, first: number): Promise<void> => {
    const read = async (from: number): Promise<LogRecord[]> => log.read(topic, index, from, batch);
    let records = await read((await projection.position(topic, index)) ?? first);
    for (let last = records.at(-1); last; last = records.at(-1)) {
      signal?.throwIfAborted();
      const following = read(last.offset + 1);
      await Promise.all([projector.project(records), following]);
      progress(records.length);
      records = await following;
    }
  };
  return async () => {
    const ends = await Promise.all(topics.map(async (topic) => (await log.ends(topic)).map((end) => ({ topic, ...end }))));
    const waiting = ends.flat().values();
    const lanes = await Promise.allSettled(Array.from({ length: width }, async () => {
      for (const end of waiting) await partition(end.topic, end.partition, end.first);
    }));
    for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  };
}
