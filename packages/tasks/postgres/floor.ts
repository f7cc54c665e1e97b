/** A publisher that was given an id may commit this much later and be seen in passing. */
const LATE_MS = 2_000;
/** Later ones are seen then. */
const FROM_THE_START_MS = 10_000;

/**
 * Up to which id there is nothing left to take from a queue, so that nobody looks through what is deleted but
 * still lies there (a long transaction anywhere in the database keeps it). It follows what was taken by 2 to
 * 4 s; every 10 s it is 0, for messages whose commit was later than that. What is put back does not
 * concern it: that is taken from elsewhere.
 */
export class Floor {
  #passed = 0;
  #lately = 0;
  #floor = 0;
  #movedAt = 0;
  #startedAt = -Infinity;

  /** Whatever was there, up to this id, has been taken. */
  pass(id: number): void {
    this.#passed = Math.max(this.#passed, id);
  }

  /** @param now epoch milliseconds. */
  at(now: number): number {
    if (now - this.#movedAt >= LATE_MS) {
      this.#floor = this.#lately;
      this.#lately = this.#passed;
      this.#movedAt = now;
    }
    if (now - this.#startedAt < FROM_THE_START_MS) return this.#floor;
    this.#startedAt = now;
    return 0;
  }
}
