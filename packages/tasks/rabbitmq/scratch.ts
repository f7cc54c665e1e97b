import { IllegalOperationError, type Channel } from 'amqplib';
import type { Connection } from './connection.ts';
import { asTasksError, refusalOf } from './failure.ts';

/** A channel for single requests, one after another; a new one when the server closed it over the one before. */
export class Scratch {
  readonly #connection: Connection;
  #channel: Channel | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection) {
    this.#connection = connection;
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
    try {
      return await request(await this.#open());
    } catch (error) {
      if (error instanceof IllegalOperationError) this.#channel = undefined; // closed, perhaps before it was listened to
      throw error;
    }
  }

  async #open(): Promise<Channel> {
    if (this.#channel) return this.#channel;
    const channel = await this.#connection.model.createChannel();
    this.#channel = channel;
    channel.on('error', () => undefined); // whoever asked is told
    channel.on('close', () => { if (this.#channel === channel) this.#channel = undefined; });
    return channel;
  }
}
