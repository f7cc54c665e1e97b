import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { ConsumeMessage, GetMessage } from 'amqplib';
import type { Settlement } from '../settlement.ts';
import { asTasksError, unavailable } from './failure.ts';
import { bucketFor, expirationFor, route, type Way } from './layout.ts';
import { ChannelClosed, type Sender } from './sender.ts';
import type { Topologies } from './topologies.ts';
import { deathHeaders, movedHeaders, movedOptions, redrivenHeaders, type Arrived, type Outgoing } from './wire.ts';

interface Options {
  sender: Sender;
  topologies: Topologies;
  clock: Clock;
  random: Random;
}

/** A message that was delivered, of which a copy goes on; the original is to be acknowledged once that is safe. */
export interface Delivered { message: ConsumeMessage; arrived: Arrived }

/** Moves messages between a queue, its retry queues and its dead letters: what it resolves for is safe at its new place. */
export class Mover {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async retry({ message, arrived }: Delivered, { delayMs, attempt, retries, reason }: Extract<Settlement, { type: 'again' }>): Promise<void> {
    const { topologies } = this.#options;
    const { queue } = arrived.delivery;
    const bucket = bucketFor(delayMs);
    if (!topologies.hasRetryQueue(queue, bucket)) await topologies.makeRetryQueue(queue, bucket);
    const options = { ...movedOptions(message, movedHeaders(arrived, reason, { attempt, retries })), expiration: expirationFor(delayMs) };
    const moved = [{ ...this.#way(queue, `${bucket}`), content: message.content, options }];
    if ((await this.#send(moved)).length === 0) return;
    // It went with its queue, or with the server's disk.
    await topologies.makeRetryQueue(queue, bucket);
    await this.#sendAll(moved);
  }

  async bury({ message, arrived }: Delivered, { attempts, reason }: Extract<Settlement, { type: 'dead' }>): Promise<void> {
    const { clock, random } = this.#options;
    const headers = { ...movedHeaders(arrived, reason, { attempt: attempts, retries: arrived.retries }), ...deathHeaders(random.id(), clock.now()) };
    await this.#sendAll([{ ...this.#way(arrived.delivery.queue, 'dead'), content: message.content, options: movedOptions(message, headers) }]);
  }

  /** Puts dead letters back at the end of their queue. */
  async redrive(queue: string, letters: GetMessage[]): Promise<void> {
    await this.#sendAll(letters.map((message) => (
      { ...this.#way(queue, 'due'), content: message.content, options: movedOptions(message, redrivenHeaders(message)) })));
  }

  #way(queue: string, way: Way): { exchange: string; routingKey: string } {
    return route(queue, way, this.#options.topologies.queues.get(queue)?.temporary === true);
  }

  async #sendAll(messages: Outgoing[]): Promise<void> {
    const [first] = await this.#send(messages);
    if (first) throw unavailable(`nothing is bound to ${first.exchange} by ${first.routingKey}: the queue is gone`);
  }

  async #send(messages: Outgoing[]): Promise<Outgoing[]> {
    try {
      return await this.#options.sender.send(messages);
    } catch (error) {
      throw asTasksError(error instanceof ChannelClosed ? error.cause : error);
    }
  }
}
