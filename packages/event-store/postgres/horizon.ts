import type { Database } from './database.ts';

/** Transactions from `next` on had not begun at this instant; all before `oldest` had ended. */
const LOOK = {
  name: 'horizon',
  text: `
    select case when p.is_called then p.last_value else 0 end::float8 as given,
      pg_snapshot_xmin(s)::text::float8 as oldest, pg_snapshot_xmax(s)::text::float8 as next
    from positions p, pg_current_snapshot() s`,
};

/**
 * Up to which place everything that will ever be committed can be seen. A place is given before its commit:
 * one that was given out by the time of one look belongs to a transaction that the next look finds begun, and
 * as soon as all of those have ended, it is there or never will be. How long they take does not matter.
 */
export class Horizon {
  readonly #database: Database;
  /** Last place given out, at the last look. */
  #given = 0;
  #awaited: { place: number; next: number } | undefined;
  #place = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** One look at a time. @throws CodedError `store-unavailable` */
  async look(): Promise<number> {
    const [row] = await this.#database.query<{ given: number; oldest: number; next: number }>(LOOK);
    if (!row) return this.#place;
    if (this.#awaited && row.oldest >= this.#awaited.next) {
      this.#place = this.#awaited.place;
      this.#awaited = undefined;
    }
    this.#awaited ??= { place: this.#given, next: row.next };
    this.#given = row.given;
    return this.#place;
  }
}
