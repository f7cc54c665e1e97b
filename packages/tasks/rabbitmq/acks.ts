import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * Settles the deliveries of one channel. What is acknowledged in one turn of the event loop goes in one frame, where the
 * deliveries before it are settled too: a quorum queue writes each frame to its log.
 */
export class Acks {
  readonly #channel: Pick<Channel, 'ack' | 'nack'>;
  /** All up to this delivery are settled. */
  #through = 0;
  /** Beyond that: settled, and to be settled. */
  readonly #settled = new Set<number>();
  readonly #pending = new Map<number, ConsumeMessage>();
  #open = true;
  #soon = false;

  constructor(channel: Pick<Channel, 'ack' | 'nack'>) {
    this.#channel = channel;
  }

  /** Whether the server still holds the deliveries for us. */
  get open(): boolean {
    return this.#open;
  }

  ack(message: ConsumeMessage): void {
    this.#pending.set(message.fields.deliveryTag, message);
    if (this.#soon) return;
    this.#soon = true;
    process.nextTick(() => this.flush());
  }

  nack(message: ConsumeMessage, requeue: boolean): void {
    if (!this.#open) return;
    this.#settled.add(message.fields.deliveryTag);
    this.#channel.nack(message, false, requeue);
  }

  flush(): void {
    this.#soon = false;
    if (!this.#open) return;
    const last = this.#advance();
    if (last) this.#channel.ack(last, true);
    for (const [tag, message] of this.#pending) {
      this.#channel.ack(message);
      this.#settled.add(tag);
    }
    this.#pending.clear();
  }

  /** Nothing more can be settled. */
  close(): void {
    this.#open = false;
  }

  /** @returns the last of those to be settled that have no other between them and what is settled. */
  #advance(): ConsumeMessage | undefined {
    let last: ConsumeMessage | undefined;
    for (let tag = this.#through + 1; ; tag += 1) {
      const message = this.#pending.get(tag);
      if (!message && !this.#settled.delete(tag)) return last;
      if (message) last = message;
      this.#pending.delete(tag);
      this.#through = tag;
    }
  }
}
