import type { Armed, Fate } from './disturbances.ts';
import type { Operation } from './operation.ts';
import type { Process } from './process.ts';

/**
 * Takes a port call from a process to what stands behind the port, and its answer back: late, or never, or as
 * a failure where something is wrong. A request under way when its caller dies may still have its effect.
 */
function call<T>(process: Process, operation: Operation, work: () => Promise<T>, about?: () => string): Promise<T> {
  if (process.dead) return never();
  const { trace, disturbances, scheduler } = process.surroundings;
  trace.calls += 1;
  const fate = disturbances.fate(process.machine.name, operation);
  trace.note(process, named(operation, fate), about);
  if (strikesNow(fate)) return never();
  return new Promise((resolve, reject) => {
    const answer = (give: () => void): void => {
      if (!crashed(fate, process)) back(process, give);
    };
    const arrive = (): void => {
      if (process.dead && !(operation.changes && process.chance.next() < 0.5)) return;
      if (fate === 'refused' || disturbances.isDown(operation.target)) return answer(() => reject(operation.refused()));
      work().then(
        (value) => answer(() => {
          if (fate === 'lost' || (operation.changes && disturbances.isDown(operation.target))) reject(operation.unknown());
          else resolve(value);
        }),
        (error: unknown) => answer(() => reject(error)),
      );
    };
    const there = delay(process);
    if (there === 0) arrive();
    else scheduler.after(there, arrive);
  });
}

/** A process's calls to what stands behind ports. */
export type Via = <T>(operation: Operation, work: () => Promise<T>, about?: () => string) => Promise<T>;

export function viaOf(process: Process): Via {
  return (operation, work, about) => call(process, operation, work, about);
}

/**
 * Hands something from behind a port to a process that asked for it, and its verdict back. What the verdict
 * gets lost of is handed over again: `unheard` sees to that.
 */
export function handOver<T>(process: Process, { operation, work, about, unheard }: {
  operation: Operation; work: () => Promise<T>; about?: () => string; unheard: () => Promise<T>;
}): Promise<T> {
  if (process.dead) return never();
  const { trace, disturbances } = process.surroundings;
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      if (disturbances.isDown(operation.target)) return void process.later(100_000, begin);
      trace.calls += 1;
      const fate = disturbances.fate(process.machine.name, operation);
      trace.note(process, named(operation, fate), about);
      if (strikesNow(fate)) return;
      if (process.paused) process.later(0, () => go(fate));
      else go(fate);
    };
    const go = (fate: Fate): void => {
      work().then((value) => {
        if (crashed(fate, process)) return;
        if (fate === 'lost' || disturbances.isDown(operation.target)) unheard().then(resolve, reject);
        else back(process, () => resolve(value));
      }, (error: unknown) => { if (!crashed(fate, process)) back(process, () => reject(error)); });
    };
    process.later(delay(process), begin);
  });
}

/** A promise of its own each time: one for all would hold on to everybody who ever waited for it. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** A blow comes with the call, unless it comes after its effect. @returns whether the call ends with it. */
function strikesNow(fate: Fate): boolean {
  if (!isBlow(fate) || fate.blow === 'crash-after') return false;
  fate.strike();
  return fate.blow === 'crash-before';
}

/** Has a crash that was to come after the effect come now, unless its process is gone already. @returns whether it was to come. */
function crashed(fate: Fate, process: Process): boolean {
  if (!isBlow(fate) || fate.blow !== 'crash-after') return false;
  if (!process.dead) fate.strike();
  return true;
}

function isBlow(fate: Fate): fate is Armed {
  return typeof fate === 'object';
}

function named({ name }: Operation, fate: Fate): string {
  if (fate === 'usual') return name;
  return `${name} ${isBlow(fate) ? fate.blow : fate}`;
}

function back(process: Process, give: () => void): void {
  const us = delay(process);
  if (us > 0 || process.paused) process.later(us, give);
  else if (!process.dead) give();
}

/** In microseconds: often none, mostly a few milliseconds, seldom many. */
function delay({ chance, machine: { slowness } }: Process): number {
  const drawn = chance.next();
  if (drawn < 0.4 && slowness === 1) return 0;
  const ms = drawn < 0.96 ? chance.next() * 3 : chance.next() * 40;
  return ms * 1_000 * slowness;
}
