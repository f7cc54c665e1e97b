import type { ParkedOrder, Seen } from './facts.ts';

/** What a consumer group could not handle and put aside: records, and the orders they belong to. */
export interface ParkedRecords { group: string; orders: number; records: number }

/** Counts what is parked, by group. */
export class Parked {
  readonly #groups = new Map<string, ParkedRecords>();

  readonly on = { parked: ({ parked }: Seen<'parked'>) => this.#add(parked) };

  get groups(): ParkedRecords[] {
    return [...this.#groups.values()];
  }

  #add({ group, records }: ParkedOrder): void {
    const known = this.#groups.get(group) ?? { group, orders: 0, records: 0 };
    this.#groups.set(group, { group, orders: known.orders + 1, records: known.records + records });
  }
}
