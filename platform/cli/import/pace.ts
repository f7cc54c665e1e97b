import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_SLEEP_MS = 3_600_000;

/** Keeps the gaps between instants of the past, divided by `speed`. */
export class Pace {
  readonly #speed: number;
  #begun: { past: number; now: number } | undefined;

  /** @param speed Infinity keeps no gap. */
  constructor(speed: number) {
    this.#speed = speed;
  }

  /** From here on gaps count. */
  begin(past: number): void {
    this.#begun = { past, now: Date.now() };
  }

  /** Resolves when `past` is due; or at once when it is told to stop. What is out of order in the past is due at once. */
  async until(past: number, stop: AbortSignal): Promise<void> {
    if (this.#speed === Infinity) return;
    if (!this.#begun) this.begin(past);
    const { past: from, now } = this.#begun ?? { past, now: Date.now() };
    const due = now + (past - from) / this.#speed;
    for (let left = due - Date.now(); left > 0 && !stop.aborted; left = due - Date.now())
      await sleep(Math.min(left, LONGEST_SLEEP_MS), undefined, { signal: stop }).catch(() => undefined);
  }
}
