import type { Delivery, Verdict } from './port.ts';
import { rejected } from './settlement.ts';

/** A delivery in the hands of a consumer. */
export interface Held {
  /** Unique in its broker. */
  id: number;
  /** In whose name it was taken. */
  session: number;
  delivery: Delivery;
  /** Retries so far, the uncounted ones too. */
  retries: number;
}

interface Options<Mine extends Held> {
  prefetch: number;
  handle(delivery: Delivery): Promise<Verdict>;
  /** Told of each delivery's verdict; by then it is out of hand. */
  ended(held: Mine, verdict: Verdict): void;
}

/** The deliveries that one consumer is working on, `prefetch` at most. */
export class Consumption<Mine extends Held = Held> {
  readonly #options: Options<Mine>;
  readonly #inHand = new Set<Mine>();
  #stopping: Promise<void> | undefined;
  #idle: () => void = () => undefined;

  constructor(options: Options<Mine>) {
    if (!Number.isInteger(options.prefetch) || options.prefetch < 1) throw new RangeError(`prefetch is ${options.prefetch}, not a whole number from 1 on`);
    this.#options = options;
  }

  get room(): number {
    return this.#stopping ? 0 : this.#options.prefetch - this.#inHand.size;
  }

  get inHand(): Iterable<Mine> {
    return this.#inHand;
  }

  /** Works on it. There must be room. */
  take(held: Mine): void {
    this.#inHand.add(held);
    void this.#work(held);
  }

  /** Takes no more; resolves when nothing is in hand. */
  stop(): Promise<void> {
    this.#stopping ??= this.#inHand.size === 0 ? Promise.resolve() : new Promise((resolve) => { this.#idle = resolve; });
    return this.#stopping;
  }

  async #work(held: Mine): Promise<void> {
    const verdict = await this.#verdict(held.delivery);
    this.#inHand.delete(held);
    this.#options.ended(held, verdict);
    if (this.#inHand.size === 0) this.#idle();
  }

  async #verdict(delivery: Delivery): Promise<Verdict> {
    try {
      return await this.#options.handle(delivery);
    } catch (error) {
      return rejected(error);
    }
  }
}
