import type { Channel, GetMessage } from 'amqplib';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { DeadLetter } from '../port.ts';
import type { Connection } from './connection.ts';
import { asTasksError } from './failure.ts';
import { deadQueue } from './layout.ts';
import type { Mover } from './mover.ts';
import { answered, within } from './patience.ts';
import type { Scratch } from './scratch.ts';
import type { Topologies } from './topologies.ts';
import { letterId, letterOf } from './wire.ts';

interface Options {
  connection: Connection;
  topologies: Topologies;
  mover: Mover;
  scratch: Scratch;
  clock: Clock;
  /** Nobody waits longer for a server that does not answer, in ms. */
  patienceMs: number;
}

/** What came of it, and how many letters it has that are to be put back. */
interface Looked<Result> { result: Result; kept: number }

/** So many are put back at a time. */
const BATCH = 100;
const LOOKS = 100;
const LOOK_MS = 10;

/** A queue's dead letters, looked at one caller after another: what is looked at nobody else sees meanwhile. */
export class Letters {
  readonly #options: Options;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  async list(queue: string, limit: number): Promise<DeadLetter[]> {
    await this.#options.topologies.mustExist(queue);
    return this.#looking(queue, async (channel) => {
      const letters: DeadLetter[] = [];
      while (letters.length < limit) {
        const message = await this.#answer(channel.get(deadQueue(queue)));
        if (!message) break;
        letters.push(letterOf(message));
      }
      return { result: letters, kept: letters.length };
    });
  }

  /** Each is acknowledged when its copy is safe in the queue: it may be doubled, but is not lost. */
  async redrive(queue: string, ids: string[] | undefined): Promise<number> {
    await this.#options.topologies.mustExist(queue);
    const chosen = ids && new Set(ids);
    return this.#looking(queue, async (channel) => {
      let [redriven, kept, left] = [0, 0, (await this.#answer(channel.checkQueue(deadQueue(queue)))).messageCount];
      while (left > 0) {
        const batch: GetMessage[] = [];
        for (; left > 0 && batch.length < BATCH; left -= 1) {
          const message = await this.#answer(channel.get(deadQueue(queue)));
          if (!message) continue;
          if (!chosen || chosen.has(letterId(message))) batch.push(message);
          else kept += 1;
        }
        await this.#options.mover.redrive(queue, batch);
        for (const message of batch) channel.ack(message);
        redriven += batch.length;
      }
      return { result: redriven, kept };
    });
  }

  #looking<Result>(queue: string, look: (channel: Channel) => Promise<Looked<Result>>): Promise<Result> {
    const result = this.#last.then(() => this.#look(queue, look));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #look<Result>(queue: string, look: (channel: Channel) => Promise<Looked<Result>>): Promise<Result> {
    const { connection, clock, patienceMs } = this.#options;
    const channel = await connection.channel().catch((error: unknown) => { throw asTasksError(error); });
    try {
      const { result, kept } = await look(channel);
      await within(clock, patienceMs, channel.close()); // all is done, whether the server says so or not
      await this.#putBack(deadQueue(queue), kept);
      return result;
    } catch (error) {
      await within(clock, patienceMs, channel.close());
      throw asTasksError(error);
    }
  }

  #answer<Answer>(asking: Promise<Answer>): Promise<Answer> {
    const { clock, patienceMs } = this.#options;
    return answered(clock, patienceMs, asking);
  }

  /**
   * What a closed channel still had goes back in its order (a nack of several turns it round), soon: waits until it
   * can be seen there, or others seem to have taken it.
   */
  async #putBack(dead: string, kept: number): Promise<void> {
    const { scratch, clock } = this.#options;
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const found = await scratch.find((channel) => channel.checkQueue(dead));
      if (found === undefined || found === 'locked' || found.messageCount >= kept) return;
      await clock.sleep(LOOK_MS);
    }
  }
}
