/**
 * The id from which the outbox is scanned. It trails what was seen by `trailMs`, since a transaction that
 * drew a lower id may commit later; now and then everything is scanned, for those that take longer still.
 * That keeps the scan away from the dead rows that an open snapshot elsewhere makes the server keep.
 */
export class Floor {
  readonly #trailMs: number;
  readonly #fullScanMs: number;
  #seen: { id: number; at: number }[] = [];
  #floor = 0;
  #fullAt = -Infinity;

  constructor({ trailMs, fullScanMs }: { trailMs: number; fullScanMs: number }) {
    this.#trailMs = trailMs;
    this.#fullScanMs = fullScanMs;
  }

  /** Where a scan that begins at `now` begins. */
  at(now: number): number {
    while (this.#seen[0] && this.#seen[0].at <= now - this.#trailMs) this.#floor = Math.max(this.#floor, this.#seen.shift()?.id ?? 0);
    if (now - this.#fullAt < this.#fullScanMs) return this.#floor;
    this.#fullAt = now;
    return 0;
  }

  /** All rows up to `id` that were committed by `at` have been met. */
  passed(id: number, at: number): void {
    if (id > (this.#seen.at(-1)?.id ?? this.#floor)) this.#seen.push({ id, at });
  }

  /** Another relay led meanwhile: the next scan begins at the beginning. */
  reset(): void {
    this.#seen = [];
    this.#floor = 0;
    this.#fullAt = -Infinity;
  }
}
