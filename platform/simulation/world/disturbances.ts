import type { Lane } from '@tradewind/event-store/outbox.ts';
import type { FaultKind, Target } from '../plan/faults.ts';
import type { Operation } from './operation.ts';
import { PoisonRecords } from './poison-records.ts';

/** A blow that waits for its port call. */
export interface Armed { calls: number; blow: 'crash-before' | 'crash-after' | 'stalls'; strike(): void }

/** What becomes of a call: `lost` has its effect, and its caller hears of none. */
export type Fate = 'usual' | 'refused' | 'lost' | Armed;

type Meddling = 'duplicates' | 'reordering' | 'partial-publish';

/** What is wrong just now. Faults are put in and taken out here; calls ask what becomes of them. */
export class Disturbances {
  /** How often each kind took effect. */
  readonly struck = new Map<FaultKind, number>();
  /** Ids of messages that nobody can handle. */
  readonly poisons = new Set<string>();
  readonly poisonRecords = new PoisonRecords();
  readonly #down = new Map<Target, number>();
  readonly #losing = new Map<Target, { every: number; calls: number }>();
  readonly #armed = new Map<string, Armed[]>();
  readonly #meddling = new Map<string, number>();

  count(kind: FaultKind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
  }

  /** By the name of a machine. */
  arm(machine: string, armed: Armed): void {
    this.#armed.set(machine, [...this.#armed.get(machine) ?? [], armed]);
  }

  breakDown(target: Target): void {
    this.#down.set(target, (this.#down.get(target) ?? 0) + 1);
  }

  mend(target: Target): void {
    const left = (this.#down.get(target) ?? 0) - 1;
    if (left > 0) this.#down.set(target, left);
    else this.#down.delete(target);
  }

  isDown(target: Target): boolean {
    return this.#down.has(target);
  }

  /** @returns what ends it, unless another has begun since. */
  loseAnswers(target: Target, every: number): () => void {
    const losing = { every, calls: 0 };
    this.#losing.set(target, losing);
    return () => { if (this.#losing.get(target) === losing) this.#losing.delete(target); };
  }

  meddle(kind: Meddling, lane: Lane, times: number): void {
    this.#meddling.set(`${kind} ${lane}`, times);
  }

  /** Whether this publish is to be meddled with. */
  meddles(kind: Meddling, lane: Lane): boolean {
    const left = this.#meddling.get(`${kind} ${lane}`) ?? 0;
    if (left === 0) return false;
    this.#meddling.set(`${kind} ${lane}`, left - 1);
    this.count(kind);
    return true;
  }

  /** No fault lasts any longer, none is to come. */
  calm(): void {
    for (const each of [this.#down, this.#losing, this.#armed, this.#meddling]) each.clear();
    this.poisonRecords.calm();
  }

  /** @param machine name of where the caller runs. */
  fate(machine: string, operation: Operation): Fate {
    if (this.#armed.size > 0) {
      const blow = this.#blowAt(machine);
      if (blow) return blow;
    }
    if (this.#down.size > 0 && this.#down.has(operation.target)) return 'refused';
    return this.#losing.size > 0 && operation.changes && this.#loses(operation.target) ? 'lost' : 'usual';
  }

  /** Each call counts for every blow ahead; of those that are due, one comes with it. */
  #blowAt(machine: string): Armed | undefined {
    const ahead = this.#armed.get(machine) ?? [];
    for (const each of ahead) each.calls -= 1;
    const due = ahead.find(({ calls }) => calls <= 0);
    if (due) this.#armed.set(machine, ahead.filter((each) => each !== due));
    return due;
  }

  #loses(target: Target): boolean {
    const losing = this.#losing.get(target);
    if (!losing || (losing.calls += 1) % losing.every !== 0) return false;
    this.count('lost-answers');
    return true;
  }
}
