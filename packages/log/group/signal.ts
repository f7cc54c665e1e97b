import type { Clock } from '@tradewind/chassis/clock.ts';

/** Wakes one waiter; raised while nobody waits, it is remembered. */
export class Signal {
  readonly #clock: Clock;
  #raised = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  raise(): void {
    this.#raised = true;
    this.#wake?.();
  }

  /** @returns whether it was raised; otherwise `ms` went by. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#raised)
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(ms, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    const raised = this.#raised;
    this.#raised = false;
    this.#wake = undefined;
    return raised;
  }
}
