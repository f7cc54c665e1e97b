import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import type { Log } from '@tradewind/log/port.ts';
import { GROUP } from './messaging/folding.ts';
import { leavingOut } from './messaging/sieve.ts';
import { readModelErrors, type ReadModel } from './read-model/port.ts';
import { rebuild } from './rebuild.ts';

/** The last rebuild that this process was asked for. Instants are epoch milliseconds. */
export interface RebuildState {
  state: 'never' | 'running' | 'done' | 'failed';
  records: number;
  startedAt?: number;
  endedAt?: number;
  error?: string;
}

interface Parts { model: ReadModel; log: Log; lot: Pick<ParkingLot, 'aside' | 'park' | 'standing'>; clock: Clock; logger: Logger }

/** Rebuilds in the background, one at a time. */
export class Rebuilding {
  readonly #parts: Parts;
  #state: RebuildState = { state: 'never', records: 0 };
  #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get state(): RebuildState {
    return this.#state;
  }

  /** @throws CodedError `rebuild-running`; whether another process rebuilds shows in the state. */
  start(): void {
    if (this.#running) throw readModelErrors.error('rebuild-running');
    this.#stop = new AbortController();
    this.#state = { state: 'running', records: 0, startedAt: this.#parts.clock.now() };
    this.#running = this.#run().finally(() => { this.#running = undefined; });
  }

  /** Gives up what is running; the live generation stays. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('The service is stopping.'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { model, log, lot, clock, logger } = this.#parts;
    const told = (state: Partial<RebuildState>): void => { this.#state = { ...this.#state, ...state }; };
    try {
      const records = await whileNoneDeparts(lot, () => rebuild(model, log, {
        sieve: leavingOut(lot, GROUP), signal: this.#stop.signal, onProgress: (so) => told({ records: so }),
      }));
      told({ state: 'done', records, endedAt: clock.now() });
    } catch (error) {
      told({ state: 'failed', endedAt: clock.now(), error: error instanceof Error ? error.message : String(error) });
      logger.warn({ err: error }, 'read model not rebuilt');
    }
  }
}

/** A parked record that is redriven meanwhile may be in the read model that was live then, and not in the new one: once more. */
async function whileNoneDeparts<T>(lot: Pick<ParkingLot, 'standing'>, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const { departed } = await lot.standing(GROUP);
    const done = await work();
    if ((await lot.standing(GROUP)).departed === departed) return done;
  }
}
