import type { ConfirmChannel, Message } from 'amqplib';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { CodedError } from '@tradewind/events/errors.ts';
import type { Connection } from './connection.ts';
import { asTasksError, refusalOf, unavailable, type Refusal } from './failure.ts';
import type { Outgoing } from './wire.ts';

/** The server's closing of the channel, over one of the messages that were on their way. */
export class ChannelClosed extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal, cause: unknown) {
    super(refusal.message, { cause });
    this.refusal = refusal;
  }
}

interface Sent { message: Outgoing; returned: boolean }

interface Options {
  connection: Connection;
  clock: Clock;
  /** A message that is not confirmed after this long has an unknown outcome. */
  patienceMs: number;
}

/** Messages on their way, over one channel: in order, each confirmed by the server or returned. */
export class Sender {
  readonly #options: Options;
  /** Those a return may be about, in the order of sending. */
  readonly #mandatory = new Set<Sent>();
  #channel: Promise<ConfirmChannel> | undefined;
  #opened: ConfirmChannel | undefined;
  #refusal: unknown;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Waits while the server takes nothing.
   * @returns those messages that the server could place nowhere, once all others are safe.
   * @throws CodedError `tasks-unavailable` · ChannelClosed when the server closed the channel over a message, of this call or another
   */
  async send(messages: Outgoing[]): Promise<Outgoing[]> {
    if (messages.length === 0) return [];
    if (this.#options.connection.blocked !== undefined) await this.#unblocked();
    return this.#transmit(await this.#open(), messages);
  }

  #transmit(channel: ConfirmChannel, messages: Outgoing[]): Promise<Outgoing[]> {
    return new Promise((resolve, reject) => {
      const sent = messages.map((message): Sent => ({ message, returned: false }));
      let left = sent.length;
      let failure: unknown;
      const cancel = this.#options.clock.after(this.#options.patienceMs, () => {
        this.#despair(channel);
        for (const each of sent) this.#mandatory.delete(each); // what comes back of a message sent again is no answer to these
        reject(this.#silent());
      });
      const confirmed = (each: Sent, error: unknown): void => {
        this.#mandatory.delete(each);
        if (error) failure ??= this.#failure(error);
        left -= 1;
        if (left > 0) return;
        cancel();
        if (failure === undefined) resolve(sent.flatMap(({ message, returned }) => (returned ? [message] : [])));
        else reject(failure);
      };
      for (const each of sent) {
        const { message: { exchange, routingKey, content, options } } = each;
        if (options.mandatory) this.#mandatory.add(each);
        try {
          channel.publish(exchange, routingKey, content, options, (error: unknown) => confirmed(each, error));
        } catch (error) {
          this.#forget(channel); // closed, perhaps before it was listened to
          confirmed(each, error);
        }
      }
    });
  }

  #failure(error: unknown): CodedError | ChannelClosed {
    if (this.#refusal !== undefined) return new ChannelClosed(refusalOf(this.#refusal), this.#refusal);
    return unavailable('the connection was lost before the server confirmed', error);
  }

  #silent(): CodedError {
    const { connection: { blocked }, patienceMs } = this.#options;
    return unavailable(`not confirmed within ${patienceMs} ms${blocked === undefined ? '' : `: the server is ${blocked}`}`);
  }

  async #unblocked(): Promise<void> {
    const { connection, clock, patienceMs } = this.#options;
    for (const end = clock.now() + patienceMs; connection.blocked !== undefined; await connection.change(end - clock.now()))
      if (clock.now() >= end) throw unavailable(`the server takes no messages: ${connection.blocked}`);
  }

  async #open(): Promise<ConfirmChannel> {
    const opening = this.#channel ?? this.#begin();
    this.#channel = opening;
    try {
      return await opening;
    } catch (error) {
      if (this.#channel === opening) this.#channel = undefined;
      throw asTasksError(error);
    }
  }

  async #begin(): Promise<ConfirmChannel> {
    const channel = await this.#options.connection.confirmChannel();
    this.#refusal = undefined;
    channel.on('return', (message) => this.#returned(message));
    channel.on('error', (error) => {
      if (this.#opened === channel) this.#refusal = error;
      this.#forget(channel);
    });
    channel.on('close', () => this.#forget(channel));
    this.#opened = channel;
    return channel;
  }

  #forget(channel: ConfirmChannel): void {
    if (this.#opened === channel) this.#channel = undefined;
  }

  /**
   * The server's end of a channel may hang for good, its connection alive: one that publishes to a queue just as a server
   * that was killed recovers it. The next messages go by another.
   */
  #despair(channel: ConfirmChannel): void {
    if (this.#options.connection.blocked !== undefined) return;
    this.#forget(channel);
    channel.close().catch(() => undefined);
  }

  /** A return comes before its confirmation, and in the order of sending. */
  #returned({ fields: { exchange, routingKey }, properties: { messageId } }: Message): void {
    for (const each of this.#mandatory) {
      const { message, returned } = each;
      if (returned || message.options.messageId !== messageId || message.exchange !== exchange || message.routingKey !== routingKey) continue;
      each.returned = true;
      return;
    }
  }
}
