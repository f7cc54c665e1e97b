/** An act may be committed, and clocks of two machines may differ, by this much after its stamp. */
const MARGIN_MS = 30_000;

/** When this reading of the platform began, in epoch milliseconds. */
export class Read {
  readonly #began: number;

  constructor(began: number) {
    this.#began = began;
  }

  /** Whether something stamped `at` was there for certain when the reading began. */
  before(at: number): boolean {
    return at < this.#began - MARGIN_MS;
  }
}
