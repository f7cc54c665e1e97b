/** A publisher that was given an id may commit this much later, and its message is seen in passing. */
const LATE_MS = 250;
/** One that commits later still is seen by a look from the start. */
const FROM_THE_START_MS = 1_000;
/** Such looks may take a twentieth of the time. */
const SELDOM = 20;

/**
 * Up to which id there is nothing left to take from a queue, so that nobody looks through what has been deleted
 * but still lies there: until a vacuum, or for as long as a transaction anywhere in the database keeps it.
 * What was put back does not concern it: that is taken from elsewhere.
 */
export class Floor {
  #passed = 0;
  #lately = 0;
  #floor = 0;
  #movedAt = 0;
  /** When a look from the start began, if its end has not been told. */
  #began: number | undefined;
  #nextAt = 0;

  /** Where to look from. @param now epoch milliseconds. */
  at(now: number): number {
    if (now - this.#movedAt >= LATE_MS) {
      this.#floor = this.#lately;
      this.#lately = this.#passed;
      this.#movedAt = now;
    }
    if (this.#began === undefined && now < this.#nextAt) return this.#floor;
    this.#began ??= now;
    return 0;
  }

  /** A look has ended. @param last the highest id it took; whatever was there below has been taken. */
  looked(now: number, last: number): void {
    this.#passed = Math.max(this.#passed, last);
    if (this.#began === undefined) return;
    this.#nextAt = now + Math.max(FROM_THE_START_MS, SELDOM * (now - this.#began));
    this.#began = undefined;
  }
}
