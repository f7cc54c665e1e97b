/**
 * The id from which the outbox is scanned. It trails what was seen by `trailMs`, since a transaction that
 * drew a lower id may commit later; now and then everything is scanned, for those that take longer still.
 * That keeps the scan away from the dead rows that an open snapshot elsewhere makes the server keep.
 * An outage does not count towards `trailMs`: what was committed as it began is yet to be seen.
 */
export class Floor {
  readonly #trailMs: number;
  readonly #fullScanMs: number;
  /** How long the store has been seen to answer. */
  #answering = 0;
  #walkedAt: number | undefined;
  /** Highest id seen since the last pass ended. */
  #latest = 0;
  #seen: { id: number; at: number }[] = [];
  #floor = 0;
  #fullAt = -Infinity;

  constructor({ trailMs, fullScanMs }: { trailMs: number; fullScanMs: number }) {
    this.#trailMs = trailMs;
    this.#fullScanMs = fullScanMs;
  }

  /** Where a scan that begins at `now` begins. */
  at(now: number): number {
    while (this.#seen[0] && this.#seen[0].at <= this.#answering - this.#trailMs) this.#floor = Math.max(this.#floor, this.#seen.shift()?.id ?? 0);
    if (now - this.#fullAt < this.#fullScanMs) return this.#floor;
    this.#fullAt = now;
    return 0;
  }

  /** The row `id` was seen, and every row below it that was there. */
  passed(id: number): void {
    this.#latest = Math.max(this.#latest, id);
  }

  /** A pass has ended. Of a long time since the last, most may have been an outage. */
  walked(now: number): void {
    this.#answering += Math.min(Math.max(0, now - (this.#walkedAt ?? now)), this.#trailMs / 8);
    this.#walkedAt = now;
    if (this.#latest > (this.#seen.at(-1)?.id ?? this.#floor)) this.#seen.push({ id: this.#latest, at: this.#answering });
  }

  /** Another relay led meanwhile: the next scan begins at the beginning. */
  reset(): void {
    this.#seen = [];
    this.#latest = 0;
    this.#floor = 0;
    this.#fullAt = -Infinity;
  }
}
