import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { Consumption, type Held } from '../consumption.ts';
import { decodeTask, encodeTask } from '../message.ts';
import { tasksErrors, type Consumer, type Delivery, type Task, type Tasks, type TasksFeatures, type Topology, type Verdict } from '../port.ts';
import { settlementOf } from '../settlement.ts';
import { queueOf, queuesFor, refuseForeign, temporaryParts } from '../topology.ts';
import { DurableTasks, queueChannel } from './durable.ts';
import { Presence } from './presence.ts';
import type { StoredTask } from './queue.ts';

export interface MemoryTasksOptions {
  clock: Clock;
  random: Random;
  /** What an earlier incarnation left behind, or what several share. */
  durable?: DurableTasks;
  /** Hints between those that share `durable`; it has its own by default. */
  wakeup?: Wakeup;
  logger?: Logger;
  /** An incarnation silent for this long is dead, and what it held comes again. Default 5 s. */
  sessionMs?: number;
}

export interface MemoryTasks extends Tasks {
  /** Ends this incarnation without a word, as a broken connection does: what it had in hand comes again at once. */
  crash(): void;
  /** The broker takes this incarnation for dead, which goes on: what it has in hand comes again, to anybody. */
  lose(): void;
  /** Whether it has anything in hand. */
  busy(): boolean;
}

export const memoryTasksFeatures: TasksFeatures = { adapter: 'memory', durable: false, processes: false, retryKeepsOrder: true, wholeBatches: true, exactDepths: true };

/**
 * Work queues in memory, as deterministic as their clock. Every act is whole at once; deliveries are
 * timers of the clock. An incarnation whose clock stands still is taken for dead by the clocks of others.
 */
export function memoryTasks(options: MemoryTasksOptions): MemoryTasks {
  const incarnation = new Incarnation(options);
  return {
    features: memoryTasksFeatures,
    declare: async (topology) => incarnation.declare(topology),
    publish: async (messages) => incarnation.publish(messages),
    consume: async (queue, { prefetch }, handle) => incarnation.consume(queue, prefetch, handle),
    depths: async () => incarnation.depths(),
    deadLetters: async (queue, limit) => incarnation.deadLetters(queue, limit),
    redrive: async (queue, ids) => incarnation.redrive(queue, ids),
    close: () => incarnation.close(),
    crash: () => incarnation.crash(),
    lose: () => incarnation.lose(),
    busy: () => incarnation.busy(),
  };
}

interface Line { queue: string; consumption: Consumption; stop(): Promise<void> }

class Incarnation {
  readonly #options: MemoryTasksOptions;
  readonly #durable: DurableTasks;
  readonly #wakeup: Wakeup;
  readonly #presence: Presence;
  readonly #lines = new Set<Line>();
  readonly #temporary = new Map<string, Topology>();
  #cancelPump: (() => void) | undefined;
  #cancelDue: () => void = () => undefined;
  #over = false;

  constructor(options: MemoryTasksOptions) {
    const { clock, durable = new DurableTasks(), wakeup = durable.wakeup, sessionMs = 5_000 } = options;
    this.#options = options;
    this.#durable = durable;
    this.#wakeup = wakeup;
    this.#presence = new Presence({
      clock, durable, sessionMs, reborn: () => this.#reborn(), buried: () => this.#wake(durable.queues.keys()),
      beaten: () => this.#soon(), // a hint may have been lost
    });
  }

  declare(topology: Topology): void {
    this.#check();
    const temporary = temporaryParts(topology);
    this.#durable.declare(topology, temporary.size > 0 ? this.#presence.session : 0);
    for (const [queue, part] of temporary) this.#temporary.set(queue, part);
  }

  publish(messages: Task[]): void {
    this.#check();
    const copies = messages.flatMap((task) => {
      const line = encodeTask(task);
      return queuesFor(this.#durable, task.exchange, task.routingKey).map((queue) => ({ queue, line }));
    });
    for (const { queue, line } of copies) this.#durable.add(queue, line);
    this.#wake(copies.map(({ queue }) => queue));
  }

  consume(queue: string, prefetch: number, handle: (delivery: Delivery) => Promise<Verdict>): Consumer {
    this.#check();
    const { session } = this.#presence;
    refuseForeign(queue, queueOf(this.#durable, queue), session);
    const consumption = new Consumption({ prefetch, handle, ended: (held, verdict) => this.#settle(held, verdict) });
    const unlisten = this.#wakeup.listen(queueChannel(queue), () => this.#soon());
    const line: Line = {
      queue, consumption,
      stop: async () => {
        unlisten();
        await consumption.stop();
        this.#lines.delete(line);
        this.#dropTemporary(queue);
      },
    };
    this.#lines.add(line);
    this.#soon();
    return { stop: () => line.stop() };
  }

  depths() {
    const now = this.#options.clock.now();
    return [...this.#durable.queues.values()].map((queue) => queue.depth(now)).sort((a, b) => (a.queue < b.queue ? -1 : 1));
  }

  deadLetters(queue: string, limit: number) {
    return queueOf(this.#durable, queue).dead.slice(0, limit)
      .map(({ task: { id, line }, reason, attempts, at }) => ({ id: String(id), reason, attempts, at, ...decodeTask(line) }));
  }

  redrive(queue: string, ids: string[] | undefined): number {
    const revived = queueOf(this.#durable, queue).revive(ids);
    for (const { line } of revived) this.#durable.add(queue, line);
    this.#wake([queue]);
    return revived.length;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lines].map((line) => line.stop()));
    this.#end();
  }

  crash(): void {
    this.#end();
    this.#wake(this.#durable.queues.keys());
  }

  lose(): void {
    this.#durable.end(this.#presence.session);
    this.#wake(this.#durable.queues.keys());
  }

  busy(): boolean {
    return [...this.#lines].some(({ consumption }) => !consumption.inHand[Symbol.iterator]().next().done);
  }

  #end(): void {
    this.#over = true;
    this.#lines.clear();
    this.#cancelPump?.();
    this.#cancelDue();
    this.#presence.end();
  }

  #check(): void {
    if (this.#over) throw tasksErrors.error('tasks-unavailable', 'the connection is closed');
    this.#presence.renew();
  }

  #wake(queues: Iterable<string>): void {
    for (const queue of new Set(queues)) this.#wakeup.wake(queueChannel(queue));
  }

  /** A temporary queue goes with its last consumer. */
  #dropTemporary(queue: string): void {
    if (this.#over || [...this.#lines].some((line) => line.queue === queue) || !this.#temporary.delete(queue)) return;
    this.#durable.drop(queue);
  }

  /** By the clock: nothing is delivered within the call of another, nor to an incarnation that stands still. */
  #soon(): void {
    if (this.#over) return;
    this.#cancelPump ??= this.#options.clock.after(0, () => {
      this.#cancelPump = undefined;
      this.#pump();
    });
  }

  #pump(): void {
    this.#presence.renew();
    const now = this.#options.clock.now();
    let due = Infinity;
    for (const { queue: name, consumption } of this.#lines) {
      const queue = this.#durable.queues.get(name);
      if (!queue || consumption.room === 0) continue;
      for (const task of queue.take(this.#presence.session, now, consumption.room)) consumption.take(this.#held(name, task));
      due = Math.min(due, queue.due ?? Infinity);
    }
    this.#cancelDue();
    if (due < Infinity) this.#cancelDue = this.#options.clock.after(due - now, () => this.#pump());
  }

  #held(queue: string, { id, line, attempt, retries, redelivered }: StoredTask): Held {
    return { id, session: this.#presence.session, retries, delivery: { queue, ...decodeTask(line), attempt, redelivered } };
  }

  #settle({ id, session, retries, delivery: { queue: name, attempt } }: Held, verdict: Verdict): void {
    const { clock, random, logger } = this.#options;
    const queue = this.#durable.queues.get(name);
    const settled = queue?.settle(session, id, settlementOf(verdict, { attempt, retries }, queue.retry, random), clock.now());
    if (!settled) logger?.warn({ queue: name, id }, 'settled too late: another consumer has the task');
    this.#soon();
  }

  #reborn(): void {
    this.#options.logger?.warn('taken for dead: what was in hand comes again');
    for (const topology of this.#temporary.values()) this.#durable.declare(topology, this.#presence.session);
    this.#soon();
  }
}
