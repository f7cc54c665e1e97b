import type { Log, LogRecord } from '@tradewind/log/port.ts';
import type { Changes } from '../domain/changes.ts';
import { fold } from '../domain/fold.ts';
import { occurrences, strandsOf, type Occurrence } from '../domain/occurrence.ts';
import { readModelErrors, type Advance, type Projection } from '../read-model/port.ts';
import { everything, type Sieve } from './sieve.ts';

/** Records read at a time where the read model is behind what it is given. */
const GAP_BATCH = 1000;
/** Times that another consumer may get ahead of one batch before the log is asked for it again. */
const ATTEMPTS = 20;

/**
 * Takes a read model through the log. What the model says of its own position counts, not what the log
 * delivers: records that it has are skipped, records that it lacks are read first.
 */
export class Projector {
  readonly #projection: Projection;
  readonly #log: Pick<Log, 'read'>;
  readonly #applied: (changes: Changes) => void;
  readonly #sieve: Sieve;
  /** Where each partition stood when this projector last took it further. The model may prove it wrong. */
  readonly #positions = new Map<string, number | undefined>();

  constructor(projection: Projection, log: Pick<Log, 'read'>, applied: (changes: Changes) => void = () => undefined, sieve: Sieve = everything) {
    this.#projection = projection;
    this.#log = log;
    this.#applied = applied;
    this.#sieve = sieve;
  }

  /** Folds consecutive records of one partition. Records that were folded before have no effect. */
  project(batch: LogRecord[]): Promise<void> {
    return untilNotMoved(() => this.#take(batch));
  }

  /** Folds a record that was left out when its partition went past it. The position stays where it is. */
  refold({ topic, partition, envelope }: LogRecord): Promise<void> {
    return untilNotMoved(async () => {
      const at = await this.#projection.position(topic, partition);
      await this.#apply(occurrences([envelope]), { topic, partition, from: at, next: at ?? 0 });
    });
  }

  async #take(batch: LogRecord[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    const from = await this.#position(first);
    const start = from ?? 0;
    if (start >= first.offset) return this.#fold(batch.filter(({ offset }) => offset >= start), from);
    const missing = (await this.#log.read(first.topic, first.partition, start, GAP_BATCH)).filter(({ offset }) => offset < first.offset);
    await this.#fold(missing.length > 0 ? missing : batch, from);
    if (missing.length > 0) await this.#take(batch);
  }

  async #position({ topic, partition }: LogRecord): Promise<number | undefined> {
    const key = `${topic}/${partition}`;
    if (!this.#positions.has(key)) this.#positions.set(key, await this.#projection.position(topic, partition));
    return this.#positions.get(key);
  }

  async #fold(records: LogRecord[], from: number | undefined): Promise<void> {
    const last = records.at(-1);
    if (!last) return;
    const { topic, partition } = last;
    const key = `${topic}/${partition}`;
    const next = last.offset + 1;
    const events = await this.#sieve(records);
    this.#positions.delete(key);
    await this.#apply(events, { topic, partition, from, next });
    this.#positions.set(key, next);
  }

  async #apply(events: Occurrence[], { topic, partition, from, next }: Advance): Promise<void> {
    const changes = fold(events, await this.#projection.held(strandsOf(events)));
    await this.#projection.apply(changes, { topic, partition, from, next });
    this.#applied(changes);
  }
}

async function untilNotMoved(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await work();
    } catch (error) {
      if (!readModelErrors.is(error, 'position-moved') || attempt === ATTEMPTS) throw error;
    }
}
