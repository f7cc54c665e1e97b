import type { Consumption, Held } from '../consumption.ts';
import { Floor } from './floor.ts';
import type { StoredQueue } from './topologies.ts';

/** A delivery that a session has claimed. */
export interface Claimed extends Held { queue: StoredQueue }

/** A queue that this process works on, for one or more consumers. */
export class Line {
  readonly queue: string;
  readonly floor = new Floor();
  readonly #consumptions = new Set<Consumption<Claimed>>();
  /** There may be something to take. */
  hungry = true;

  constructor(queue: string) {
    this.queue = queue;
  }

  add(consumption: Consumption<Claimed>): void {
    this.#consumptions.add(consumption);
    this.hungry = true;
  }

  /** @returns whether it was the last. */
  remove(consumption: Consumption<Claimed>): boolean {
    this.#consumptions.delete(consumption);
    return this.#consumptions.size === 0;
  }

  get room(): number {
    let room = 0;
    for (const consumption of this.#consumptions) room += consumption.room;
    return room;
  }

  inHand(): Claimed[] {
    return [...this.#consumptions].flatMap((consumption) => [...consumption.inHand]);
  }

  /** Gives it to the consumer with the most room. @returns false when there is none by now. */
  give(claimed: Claimed): boolean {
    let roomiest: Consumption<Claimed> | undefined;
    for (const consumption of this.#consumptions) if (consumption.room > (roomiest?.room ?? 0)) roomiest = consumption;
    roomiest?.take(claimed);
    return roomiest !== undefined;
  }
}
