import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { CodedError } from '@tradewind/events/errors.ts';
import { backoff } from './backoff.ts';
import { asTasksError, unavailable } from './failure.ts';
import { gatherFrames } from './gather.ts';
import { answered, within } from './patience.ts';
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

  /**
   * A channel on it, whose errors are listened to: what goes wrong is said by the request that fails.
   * @throws CodedError why there is no connection, or no answer · what the driver says
   */
  async channel(): Promise<Channel> {
    return this.#opened(this.#up.createChannel());
  }

  /** As `channel`. */
  async confirmChannel(): Promise<ConfirmChannel> {
    return this.#opened(this.#up.createConfirmChannel());
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

  get #up(): ChannelModel {
    if (!this.#model) throw this.#failure;
    return this.#model;
  }

  /** One that comes too late is closed. */
  async #opened<Opened extends Channel>(opening: Promise<Opened>): Promise<Opened> {
    let late = false;
    const listened = opening.then((channel) => {
      channel.on('error', () => undefined); // it would end the process
      if (late) leave(channel);
      return channel;
    });
    try {
      return await answered(this.#options.clock, this.#options.patienceMs, listened);
    } catch (error) {
      late = true;
      throw error;
    }
  }

  async #connect(): Promise<void> {
    const { server, name, heartbeatS, patienceMs } = this.#options;
    const model = await connect({ ...server.amqp, heartbeat: heartbeatS }, {
      noDelay: true, timeout: patienceMs, clientProperties: { connection_name: name }, ...(server.ca !== undefined && { ca: server.ca }),
    });
    gatherFrames(model);
    let reason: unknown;
    let over = false;
    model.on('error', (error) => { reason = error; });
    model.on('close', (error) => {
      over = true;
      this.#lost(model, reason ?? error);
    });
    model.on('blocked', (why) => this.#block(why));
    model.on('unblocked', () => this.#block(undefined));
    await this.#probe(model);
    if (over) throw unavailable('the server closed the connection at once', reason);
    if (this.#closed) return void model.close().catch(() => undefined);
    this.#model = model;
    this.#changed();
  }

  /** It may have been closed before it was listened to: then this fails. One that does not answer is left. */
  async #probe(model: ChannelModel): Promise<void> {
    try {
      leave(await this.#opened(model.createChannel()));
    } catch (error) {
      model.close().catch(() => undefined);
      throw error;
    }
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

/** Not to be waited for: where the connection is lost before the server's answer, the driver never says so. */
function leave(channel: Channel): void {
  channel.close().catch(() => undefined);
}
