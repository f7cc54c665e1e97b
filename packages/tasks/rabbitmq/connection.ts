import { connect, type ChannelModel } from 'amqplib';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { CodedError } from '@tradewind/events/errors.ts';
import { backoff } from './backoff.ts';
import { asTasksError, unavailable } from './failure.ts';
import { within } from './patience.ts';
import type { Server } from './server.ts';

export interface ConnectionOptions {
  server: Server;
  /** As the server lists it. */
  name: string;
  clock: Clock;
  random: Random;
  logger?: Logger;
  /** In seconds: silence for about this long, twice at most, ends a connection, on either side. */
  heartbeatS: number;
  /** Nobody waits longer for a server that does not answer, in ms. */
  patienceMs: number;
}


/** A connection that comes back by itself. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #upListeners: (() => void)[] = [];
  #model: ChannelModel | undefined;
  #failure: CodedError = unavailable('not connected yet');
  #blocked: string | undefined;
  #waiters: (() => void)[] = [];
  #cancelRetry: () => void = () => undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @throws CodedError `tasks-unavailable` · `tasks-credentials-refused` · `tasks-forbidden` */
  async open(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      throw asTasksError(error);
    }
  }

  /** @throws CodedError why there is none */
  get model(): ChannelModel {
    if (!this.#model) throw this.#failure;
    return this.#model;
  }

  get isOpen(): boolean {
    return this.#model !== undefined;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Why the server takes nothing at the moment, in its words. */
  get blocked(): string | undefined {
    return this.#blocked;
  }

  /** Told each time it has come back. */
  onUp(listener: () => void): void {
    this.#upListeners.push(listener);
  }

  /** Resolves at the next change: up, down, blocked, unblocked, or after `ms`. */
  change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => end());
      const end = (): void => {
        cancel();
        this.#waiters = this.#waiters.filter((each) => each !== end);
        resolve();
      };
      this.#waiters.push(end);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    const model = this.#model;
    this.#down(unavailable('the connection is closed'));
    if (model) await within(this.#options.clock, this.#options.patienceMs, model.close());
  }

  async #connect(): Promise<void> {
    const { server, name, heartbeatS, patienceMs } = this.#options;
    const model = await connect({ ...server.amqp, heartbeat: heartbeatS }, {
      noDelay: true, timeout: patienceMs, clientProperties: { connection_name: name }, ...(server.ca !== undefined && { ca: server.ca }),
    });
    let reason: unknown;
    let over = false;
    model.on('error', (error) => { reason = error; });
    model.on('close', (error) => {
      over = true;
      this.#lost(model, reason ?? error);
    });
    model.on('blocked', (why) => this.#block(why));
    model.on('unblocked', () => this.#block(undefined));
    // It may have been closed before it was listened to: then this fails.
    const channel = await model.createChannel();
    // Not waited for: where the connection is lost before the server's answer to this, the driver never says so.
    channel.close().catch(() => undefined);
    if (over) throw unavailable('the server closed the connection at once', reason);
    if (this.#closed) return void model.close().catch(() => undefined);
    this.#model = model;
    this.#changed();
  }

  #lost(model: ChannelModel, reason: unknown): void {
    if (this.#model !== model) return;
    const failure = unavailable('the connection was lost', reason);
    this.#options.logger?.warn({ err: reason, connection: this.#options.name }, 'connection lost');
    this.#down(failure);
    this.#connectLater(0);
  }

  #down(failure: CodedError): void {
    this.#model = undefined;
    this.#blocked = undefined;
    this.#failure = failure;
    this.#changed();
  }

  #block(why: string | undefined): void {
    const { logger, name } = this.#options;
    logger?.warn({ connection: name, why }, why === undefined ? 'the server takes messages again' : 'the server takes no messages');
    this.#blocked = why;
    this.#changed();
  }

  #changed(): void {
    for (const end of this.#waiters) end();
  }

  #connectLater(failed: number): void {
    const { clock, random, logger, name } = this.#options;
    this.#cancelRetry = clock.after(backoff(failed, random), () => {
      this.#connect().then(() => { for (const up of this.#upListeners) up(); }, (error: unknown) => {
        this.#failure = asTasksError(error);
        logger?.warn({ err: error, connection: name, failed: failed + 1 }, 'not connected yet');
        if (!this.#closed) this.#connectLater(failed + 1);
      });
    });
  }
}
