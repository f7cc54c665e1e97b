import type { QueueDepth, QueueSpec, RetryPolicy } from '../port.ts';
import type { Settlement } from '../settlement.ts';
import { retryOf, type KnownQueue } from '../topology.ts';

export interface StoredTask {
  /** Grows from message to message over all queues: the order of each. */
  id: number;
  /** As `encodeTask` makes it. */
  line: string;
  attempt: number;
  retries: number;
  redelivered: boolean;
}

interface DeadTask { task: StoredTask; reason: string; attempts: number; at: number }

/** What is in one queue. */
export class MemoryQueue implements KnownQueue {
  readonly name: string;
  readonly retry: RetryPolicy;
  owner?: number;
  /** In the order of their ids. */
  #ready: StoredTask[] = [];
  #waiting: { task: StoredTask; readyAt: number }[] = [];
  readonly #unsettled = new Map<number, { task: StoredTask; session: number }>();
  #dead: DeadTask[] = [];

  constructor(spec: QueueSpec, session: number) {
    this.name = spec.name;
    this.retry = retryOf(spec);
    if (spec.temporary) this.owner = session;
  }

  add(id: number, line: string): void {
    this.#ready.push({ id, line, attempt: 1, retries: 0, redelivered: false });
  }

  /** Gives out the oldest that are ready. */
  take(session: number, now: number, limit: number): StoredTask[] {
    const due = this.#waiting.filter(({ readyAt }) => readyAt <= now);
    if (due.length > 0) {
      this.#waiting = this.#waiting.filter(({ readyAt }) => readyAt > now);
      for (const { task } of due) this.#putBack(task);
    }
    const taken = this.#ready.splice(0, limit);
    for (const task of taken) this.#unsettled.set(task.id, { task, session });
    return taken;
  }

  /** @returns whether the session had the delivery. */
  settle(session: number, id: number, settlement: Settlement, now: number): boolean {
    const held = this.#unsettled.get(id);
    if (held?.session !== session) return false;
    this.#unsettled.delete(id);
    const { task } = held;
    if (settlement.type === 'dead') this.#dead.push({ task, reason: settlement.reason, attempts: settlement.attempts, at: now });
    if (settlement.type === 'again') {
      const { attempt, retries, delayMs } = settlement;
      this.#waiting.push({ task: { ...task, attempt, retries }, readyAt: now + delayMs });
    }
    return true;
  }

  /** What a session that died had in hand is ready again. */
  release(session: number): void {
    for (const [id, { task, session: holder }] of this.#unsettled)
      if (holder === session) {
        this.#unsettled.delete(id);
        this.#putBack({ ...task, redelivered: true });
      }
  }

  /** When the first of those that wait is due. */
  get due(): number | undefined {
    return this.#waiting.length === 0 ? undefined : this.#waiting.reduce((first, { readyAt }) => Math.min(first, readyAt), Infinity);
  }

  get dead(): readonly DeadTask[] {
    return this.#dead;
  }

  /** Takes dead letters out. */
  revive(ids: string[] | undefined): StoredTask[] {
    const chosen = this.#dead.filter(({ task }) => !ids || ids.includes(String(task.id)));
    this.#dead = this.#dead.filter((each) => !chosen.includes(each));
    return chosen.map(({ task }) => task);
  }

  depth(now: number): QueueDepth {
    const due = this.#waiting.filter(({ readyAt }) => readyAt <= now).length;
    return {
      queue: this.name, ready: this.#ready.length + due, unsettled: this.#unsettled.size,
      retrying: this.#waiting.length - due, dead: this.#dead.length,
    };
  }

  #putBack(task: StoredTask): void {
    const behind = this.#ready.findIndex(({ id }) => id > task.id);
    this.#ready.splice(behind === -1 ? this.#ready.length : behind, 0, task);
  }
}
