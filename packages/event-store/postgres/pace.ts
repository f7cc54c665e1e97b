/** What one more append costs in a group, about; what matters is its size beside a commit's. */
const EACH_MS = 0.04;
/** Weight of the newest group in the average. */
const NEWEST = 0.2;

/**
 * Decides how many groups to make of what is ready. Where a commit is cheap, two smaller groups keep the
 * client and the server busy at the same time; where the disk takes its time, two would wait for each
 * other's flush, and one larger group commits more with each.
 */
export class Pace {
  /** Average time of a group beyond what its size explains. */
  #commitMs = 0;

  /** Takes note of a group that has ended. */
  took(items: number, ms: number): void {
    this.#commitMs += NEWEST * (Math.max(0, ms - items * EACH_MS) - this.#commitMs);
  }

  /** How many commits this number of items is worth; at least one when nothing else is on its way. */
  groups(ready: number, underWay: number): number {
    const worth = this.#commitMs === 0 ? ready : Math.floor((ready * EACH_MS) / this.#commitMs);
    return Math.max(worth, underWay === 0 ? 1 : 0);
  }
}
