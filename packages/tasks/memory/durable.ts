import type { Binding, RetryPolicy, Task } from '../port.ts';
import type { ExchangeKind } from '../routing.ts';

export interface StoredTask extends Task {
  id: number;
  attempts: number;
  /** Epoch ms. */
  readyAt: number;
  state: 'ready' | 'claimed' | 'dead';
  /** Incarnation that holds it. */
  holder?: string;
  redelivered: boolean;
  reason: string;
  diedAt: number;
}

export interface StoredQueue { name: string; policy: RetryPolicy; owner?: string; messages: StoredTask[] }

/** What survives a crash: hand it to the next incarnation. */
export class DurableTasks {
  readonly exchanges = new Map<string, ExchangeKind>();
  readonly queues = new Map<string, StoredQueue>();
  readonly bindings: Binding[] = [];
  /** Until when each incarnation is taken to be alive, in epoch ms. */
  readonly sessions = new Map<string, number>();
  #lastId = 0;

  add(queue: StoredQueue, task: Task, redelivered = false): void {
    this.#lastId += 1;
    queue.messages.push({ ...task, id: this.#lastId, attempts: 0, readyAt: -Infinity, state: 'ready', redelivered, reason: '', diedAt: 0 });
  }

  /** What silent incarnations held is ready again, and their temporary queues are gone. */
  reap(now: number): void {
    for (const [session, until] of this.sessions) {
      if (until > now) continue;
      this.sessions.delete(session);
      for (const queue of [...this.queues.values()]) {
        if (queue.owner === session) this.#drop(queue.name);
        for (const task of queue.messages) if (task.holder === session) Object.assign(task, { state: 'ready', holder: undefined, redelivered: true });
      }
    }
  }

  #drop(queue: string): void {
    this.queues.delete(queue);
    for (let at = this.bindings.length - 1; at >= 0; at -= 1) if (this.bindings[at]?.queue === queue) this.bindings.splice(at, 1);
  }
}
