import { IllegalOperationError, type Channel } from 'amqplib';
import type { Clock } from '@tradewind/chassis/clock.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import type { Connection } from './connection.ts';
import { asTasksError, refusalOf } from './failure.ts';
import { answered } from './patience.ts';

interface Options {
  connection: Connection;
  clock: Clock;
  /** A request that is not answered after this long has an unknown outcome. */
  patienceMs: number;
}

/** A channel for single requests, one after another; a new one when the server closed it over the one before. */
export class Scratch {
  readonly #options: Options;
  #channel: Channel | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Rejects as the driver does. */
  run<Result>(request: (channel: Channel) => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => this.#attempt(request));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** What the request yields; undefined where the server has no such thing; `locked` where it is another connection's. */
  async find<Result>(request: (channel: Channel) => Promise<Result>): Promise<Result | 'locked' | undefined> {
    try {
      return await this.run(request);
    } catch (error) {
      const { code } = refusalOf(error);
      if (code === 404) return undefined;
      if (code === 405) return 'locked';
      throw asTasksError(error);
    }
  }

  async #attempt<Result>(request: (channel: Channel) => Promise<Result>): Promise<Result> {
    const { clock, patienceMs } = this.#options;
    try {
      return await answered(clock, patienceMs, this.#open().then(request));
    } catch (error) {
      // Closed, perhaps before it was listened to; or nobody knows what it is waiting for.
      if (error instanceof IllegalOperationError || error instanceof CodedError) this.#leave();
      throw error;
    }
  }

  async #open(): Promise<Channel> {
    if (this.#channel) return this.#channel;
    const channel = await this.#options.connection.channel();
    this.#channel = channel;
    channel.on('close', () => { if (this.#channel === channel) this.#channel = undefined; });
    return channel;
  }

  #leave(): void {
    this.#channel?.close().catch(() => undefined);
    this.#channel = undefined;
  }
}
