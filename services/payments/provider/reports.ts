import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Entry } from './book.ts';
import type { Callback } from './port.ts';

type Listener = (callback: Callback) => Promise<void>;

interface Parts { clock: Clock; random: Random; /** A report sets off within this many ms. */ spreadMs: number }

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;

/** The provider's callbacks: each goes to every listener until that one takes it, or for some attempts. */
export class Reports {
  readonly #parts: Parts;
  readonly #closing: AbortSignal;
  readonly #listeners = new Set<Listener>();

  constructor(parts: Parts, closing: AbortSignal) {
    this.#parts = parts;
    this.#closing = closing;
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reports what became of a charge, `times` over; nobody waits for it. */
  send(entry: Entry, times: number): void {
    const callback = callbackOf(entry);
    if (!callback) return;
    for (let sent = 0; sent < times; sent += 1)
      for (const listener of this.#listeners) void this.#deliver(callback, listener);
  }

  async #deliver(callback: Callback, listener: Listener): Promise<void> {
    const { clock, random, spreadMs } = this.#parts;
    await clock.sleep(random.next() * spreadMs, this.#closing);
    for (let attempt = 0; attempt < ATTEMPTS && !this.#closing.aborted && this.#listeners.has(listener); attempt += 1)
      try {
        return await listener(callback);
      } catch {
        await clock.sleep(FIRST_PAUSE_MS * 2 ** attempt, this.#closing);
      }
  }
}

function callbackOf({ key, orderId, amount, status, reference }: Entry): Callback | undefined {
  switch (status) {
    case 'taken':
    case 'refunded':
      return { id: `${key}:taken`, orderId, amount, outcome: { status: 'taken', reference } };
    case 'declined':
      return { id: `${key}:declined`, orderId, amount, outcome: { status } };
    case 'closed':
      return undefined;
  }
}
