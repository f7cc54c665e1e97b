export interface Rate {
  /** Requests a second in the long run. */
  perSecond: number;
  /** Requests at once after a pause. */
  burst: number;
  /** Callers remembered at most; the one not seen for longest is forgotten, and so has a full bucket again. */
  callers: number;
}

interface Bucket { tokens: number; at: number }

/** A token bucket for each caller. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /**
   * Takes one request from the caller's bucket.
   * @param now epoch milliseconds; a clock that steps back refills nothing.
   * @returns 0 when it may go on, or milliseconds until the next may.
   */
  take(caller: string, now: number): number {
    const { perSecond, burst } = this.#rate;
    const { tokens, at } = this.#buckets.get(caller) ?? { tokens: burst, at: now };
    const filled = Math.min(burst, tokens + (Math.max(0, now - at) * perSecond) / 1000);
    const allowed = filled >= 1;
    this.#remember(caller, { tokens: allowed ? filled - 1 : filled, at: now });
    return allowed ? 0 : Math.ceil(((1 - filled) * 1000) / perSecond);
  }

  /** A map keeps the order of insertion: the first is the one not seen for longest. */
  #remember(caller: string, bucket: Bucket): void {
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#rate.callers) return;
      this.#buckets.delete(oldest);
    }
  }
}
