import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import type { Log } from '@tradewind/log/port.ts';
import { GROUP } from '../messaging/folding.ts';
import { leavingOut } from '../messaging/sieve.ts';
import { readModelErrors } from '../read-model/errors.ts';
import type { GenerationSum, Site } from '../read-model/generations.ts';
import type { ReadModel } from '../read-model/port.ts';
import { discard, rebuild, Unwanted } from './rebuild.ts';
import { begun, since, stumbled, unwanted, type RebuildState, type There, type Wish } from './state.ts';

/** A rebuild whose process died is found and gone on with after so long, in ms; one that waits for an outage to end looks as often. */
const LOOK_EVERY_MS = 5_000;
/** Others may have changed the kept state each time. */
const ATTEMPTS = 20;

interface Parts { model: Pick<ReadModel, 'generations'>; log: Log; lot: Pick<ParkingLot, 'aside' | 'standing'>; clock: Clock; logger: Logger }

/**
 * Sees to what the kept state asks for. What is asked is kept first and done afterwards, by whichever process of the service
 * gets hold of it: so a rebuild goes on when its process was killed, here or elsewhere.
 */
export class Rebuilding {
  readonly #parts: Parts;
  #stop = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#stop = new AbortController();
    this.#running ??= this.#run();
  }

  /** Interrupts what is under way; it goes on with the next start, or elsewhere. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('The service is stopping.'));
    this.#wake.abort();
    await this.#running;
    this.#running = undefined;
  }

  async state(): Promise<{ state: RebuildState; generations: GenerationSum[] }> {
    const { generations } = this.#parts.model;
    const [{ state }, list] = await Promise.all([generations.kept(), generations.list()]);
    return { state, generations: list };
  }

  /** Has it done soon. @throws CodedError `rebuild-running` · `rebuild-waits` · `nothing-retired` */
  ask(wish: Wish): Promise<RebuildState> {
    return this.#change((is, there) => begun(is, wish, there, this.#parts.clock.now()));
  }

  /** Has the candidate dropped soon, and whatever works on it stopped. There may be none. */
  discard(): Promise<RebuildState> {
    return this.#change(unwanted);
  }

  /** Forgets the generation that was read before. There may be none. */
  dropRetired(): Promise<void> {
    return this.#parts.model.generations.dropRetired();
  }

  async #change(to: (is: RebuildState, there: There) => RebuildState): Promise<RebuildState> {
    const { generations } = this.#parts.model;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const [{ revision, state }, list] = await Promise.all([generations.kept(), generations.list()]);
      const has = (name: GenerationSum['name']): boolean => list.some((each) => each.name === name);
      const next = to(state, { candidate: has('candidate'), retired: has('retired') });
      if (next !== state && !await generations.keep(next, revision)) continue;
      this.#wake.abort();
      return next;
    }
    throw readModelErrors.error('rebuild-running', 'Its state changes faster than it can be asked for.');
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#parts;
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController();
      await this.#look().catch((error: unknown) => logger.warn({ err: error }, 'rebuild not looked after'));
      if (!this.#stop.signal.aborted) await clock.sleep(LOOK_EVERY_MS, this.#wake.signal);
    }
  }

  async #look(): Promise<void> {
    const { generations } = this.#parts.model;
    if (!isWork((await generations.kept()).state)) return;
    const site = await generations.claim();
    if (!site) return;
    try {
      await this.#work(site);
    } catch (error) {
      await this.#stumble(error);
    } finally {
      await site.release();
    }
  }

  async #work(site: Site): Promise<void> {
    const { model: { generations }, log, lot, clock, logger } = this.#parts;
    const { state: { state } } = await generations.kept();
    if (state === 'discarding') return discard({ site, clock });
    if (state !== 'running') return;
    const { departed, wanted } = await lot.standing(GROUP);
    if (wanted || !await this.#begunSince(departed)) return; // parked records that are being handled go first: the candidate would lack them
    const stale = async (): Promise<boolean> => {
      const now = await lot.standing(GROUP);
      return now.wanted || now.departed !== departed;
    };
    const ended = await rebuild({ generations, site, log, clock }, { sieve: leavingOut(lot, GROUP), stale, signal: this.#stop.signal });
    if (ended.state === 'differs') logger.warn({ comparison: ended.comparison }, 'rebuilt read model differs, not switched');
  }

  async #begunSince(departed: number): Promise<boolean> {
    const { generations } = this.#parts.model;
    const { revision, state } = await generations.kept();
    const next = since(state, departed);
    return next === state || generations.keep(next, revision);
  }

  async #stumble(error: unknown): Promise<void> {
    const { model: { generations }, clock, logger } = this.#parts;
    if (error instanceof Unwanted) return this.#wake.abort();
    if (this.#stop.signal.aborted) return;
    const coded = error instanceof CodedError ? error : undefined;
    const told = { code: coded?.code ?? 'internal', detail: error instanceof Error ? error.message : String(error), canRetry: coded?.canRetry ?? false };
    logger.warn({ err: error }, told.canRetry ? 'rebuild waits' : 'rebuild failed');
    const { revision, state } = await generations.kept();
    await generations.keep(stumbled(state, told, clock.now()), revision);
  }
}

function isWork({ state }: RebuildState): boolean {
  return state === 'running' || state === 'discarding';
}
