import type { Channel, GetMessage } from 'amqplib';
import type { DeadLetter } from '../port.ts';
import type { Connection } from './connection.ts';
import { asTasksError } from './failure.ts';
import { deadQueue } from './layout.ts';
import type { Mover } from './mover.ts';
import type { Topologies } from './topologies.ts';
import { letterId, letterOf } from './wire.ts';

interface Options { connection: Connection; topologies: Topologies; mover: Mover }

/** So many are put back at a time. */
const BATCH = 100;

/** A queue's dead letters, looked at one caller after another: what is looked at nobody else sees meanwhile. */
export class Letters {
  readonly #options: Options;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  async list(queue: string, limit: number): Promise<DeadLetter[]> {
    await this.#options.topologies.mustExist(queue);
    return this.#looking(async (channel) => {
      const letters: DeadLetter[] = [];
      while (letters.length < limit) {
        const message = await channel.get(deadQueue(queue));
        if (!message) break;
        letters.push(letterOf(message));
      }
      return letters;
    });
  }

  /** Each is acknowledged when its copy is safe in the queue: it may be doubled, but is not lost. */
  async redrive(queue: string, ids: string[] | undefined): Promise<number> {
    await this.#options.topologies.mustExist(queue);
    const chosen = ids && new Set(ids);
    return this.#looking(async (channel) => {
      let [count, left] = [0, (await channel.checkQueue(deadQueue(queue))).messageCount];
      while (left > 0) {
        const batch: GetMessage[] = [];
        for (; left > 0 && batch.length < BATCH; left -= 1) {
          const message = await channel.get(deadQueue(queue));
          if (message && (!chosen || chosen.has(letterId(message)))) batch.push(message);
        }
        await this.#options.mover.redrive(queue, batch);
        for (const message of batch) channel.ack(message);
        count += batch.length;
      }
      return count;
    });
  }

  /** What was got and not acknowledged goes back to its place. */
  #looking<Result>(look: (channel: Channel) => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => this.#look(look));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #look<Result>(look: (channel: Channel) => Promise<Result>): Promise<Result> {
    try {
      const channel = await this.#options.connection.model.createChannel();
      channel.on('error', () => undefined); // the request that failed says it
      try {
        return await look(channel);
      } finally {
        await channel.close().catch(() => undefined);
      }
    } catch (error) {
      throw asTasksError(error);
    }
  }
}
