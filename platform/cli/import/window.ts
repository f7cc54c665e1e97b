import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../api.ts';

const LOOK_EVERY_MS = 60;

interface Counts { orders: { placed: number; confirmed: number; cancelled: number } }

/**
 * Lets orders go only while fewer than `size` are unsettled on the platform: beyond that it would not get
 * faster, and sagas would wait longer than their steps may take.
 */
export class Window {
  readonly #api: Api;
  readonly #size: number;
  #inHand = 0;
  #accepted = 0;
  /** Let go since the platform was looked at, and not known to have been there already. */
  #since = 0;
  #unsettled = 0;
  #first: number | undefined;
  #looked = 0;

  constructor(api: Api, size: number) {
    this.#api = api;
    this.#size = size;
  }

  /** Resolves when the next order may go; or at once when it is told to stop. */
  async admit(stop: AbortSignal): Promise<void> {
    if (this.#first === undefined) await this.#look();
    while (this.#unsettled + this.#since >= this.#size && !stop.aborted) {
      await sleep(Math.max(0, this.#looked + LOOK_EVERY_MS - Date.now()), undefined, { signal: stop }).catch(() => undefined);
      if (!stop.aborted) await this.#look();
    }
    this.#inHand += 1;
    this.#since += 1;
  }

  /** The answer to one that was let go. */
  answered(isNew: boolean): void {
    this.#inHand -= 1;
    if (isNew) this.#accepted += 1;
    else this.#since = Math.max(0, this.#since - 1);
  }

  /** What the read model has not seen of what was accepted is unsettled too. */
  async #look(): Promise<void> {
    this.#looked = Date.now();
    const { orders: { placed, confirmed, cancelled } } = await this.#api.ask<Counts>({ method: 'GET', path: '/history/counts' });
    const seen = placed + confirmed + cancelled;
    this.#first ??= seen;
    this.#unsettled = placed + Math.max(0, this.#accepted - (seen - this.#first));
    this.#since = this.#inHand;
  }
}
