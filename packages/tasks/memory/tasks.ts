import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { DEFAULT_RETRY, MAX_TASK_BYTES, tasksErrors, type Consumer, type Delivery, type Task, type Tasks, type TasksFeatures, type Topology, type Verdict } from '../port.ts';
import { retryDelay, route } from '../routing.ts';
import { DurableTasks, type StoredQueue, type StoredTask } from './durable.ts';

export interface MemoryTasksOptions {
  clock: Clock;
  random: Random;
  /** Hints between incarnations that share `durable`; without it they find each other's messages by polling. */
  wakeup?: Wakeup;
  /** What an earlier incarnation left behind, or what several share. */
  durable?: DurableTasks;
  /** An incarnation silent for so long is dead, and what it held comes again. Default 5 s. */
  sessionMs?: number;
  /** Default 100 ms. */
  pollMs?: number;
}

export const memoryTasksFeatures: TasksFeatures = { adapter: 'memory', durable: false, processes: false, retryKeepsOrder: true };

/** Work queues in memory, as deterministic as their clock. */
export function memoryTasks(options: MemoryTasksOptions): Tasks {
  const tasks = new MemoryTasks(options);
  return {
    features: memoryTasksFeatures,
    async declare(topology) { tasks.declare(topology); },
    async publish(messages) { tasks.publish(messages); },
    async consume(queue, { prefetch }, handle) { return tasks.consume(queue, prefetch, handle); },
    async depths() { return tasks.depths(); },
    async deadLetters(queue, limit) {
      return tasks.queue(queue).messages.filter((each) => each.state === 'dead').slice(0, limit)
        .map(({ id, reason, attempts, diedAt, exchange, routingKey, envelope }) => ({ id: String(id), reason, attempts, at: diedAt, exchange, routingKey, envelope }));
    },
    async redrive(queue, ids) { return tasks.redrive(queue, ids); },
    async close() { tasks.close(); },
  };
}

interface Worker { queue: string; prefetch: number; handle(delivery: Delivery): Promise<Verdict>; inHand: Set<Promise<void>>; stopped: boolean }

class MemoryTasks {
  readonly #options: MemoryTasksOptions;
  readonly #durable: DurableTasks;
  readonly #session: string;
  readonly #sessionMs: number;
  readonly #workers = new Set<Worker>();
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(options: MemoryTasksOptions) {
    this.#options = options;
    this.#durable = options.durable ?? new DurableTasks();
    this.#session = options.random.id();
    this.#sessionMs = options.sessionMs ?? 5_000;
    this.#beat();
  }

  declare({ exchanges, queues, bindings }: Topology): void {
    const { exchanges: known, queues: there } = this.#durable;
    for (const { name, kind } of exchanges) differing(`exchange ${name} is`, known.get(name), kind);
    for (const { name, retry = DEFAULT_RETRY } of queues) differing(`queue ${name} has retry`, there.get(name) && JSON.stringify(there.get(name)?.policy), JSON.stringify(retry));
    for (const { name, kind } of exchanges) known.set(name, kind);
    for (const { name, retry = DEFAULT_RETRY, temporary } of queues)
      if (!there.has(name)) there.set(name, { name, policy: retry, messages: [], ...(temporary && { owner: this.#session }) });
    for (const each of bindings)
      if (!this.#durable.bindings.some((one) => JSON.stringify(one) === JSON.stringify(each))) this.#durable.bindings.push(each);
  }

  publish(messages: Task[]): void {
    const copies = messages.flatMap((task) => this.#route(task).map((queue) => ({ queue, task: { ...task, envelope: copy(task.envelope) } })));
    for (const { queue, task } of copies) {
      this.#durable.add(this.queue(queue), task);
      this.#options.wakeup?.wake(`queue:${queue}`);
    }
    this.#schedule(0);
  }

  consume(name: string, prefetch: number, handle: Worker['handle']): Consumer {
    this.queue(name);
    const worker: Worker = { queue: name, prefetch, handle, inHand: new Set(), stopped: false };
    const unlisten = this.#options.wakeup?.listen(`queue:${name}`, () => this.#schedule(0));
    this.#workers.add(worker);
    this.#schedule(0);
    return {
      stop: async () => {
        worker.stopped = true;
        unlisten?.();
        await Promise.all(worker.inHand);
        this.#workers.delete(worker);
      },
    };
  }

  depths() {
    const now = this.#options.clock.now();
    return [...this.#durable.queues.values()].map(({ name, messages }) => {
      const count = (wanted: (task: StoredTask) => boolean) => messages.filter(wanted).length;
      return {
        queue: name, ready: count((each) => each.state === 'ready' && each.readyAt <= now), unsettled: count((each) => each.state === 'claimed'),
        retrying: count((each) => each.state === 'ready' && each.readyAt > now), dead: count((each) => each.state === 'dead'),
      };
    }).sort((a, b) => (a.queue < b.queue ? -1 : 1));
  }

  redrive(name: string, ids?: string[]): number {
    const queue = this.queue(name);
    const chosen = queue.messages.filter((each) => each.state === 'dead' && (!ids || ids.includes(String(each.id))));
    queue.messages = queue.messages.filter((each) => !chosen.includes(each));
    for (const { exchange, routingKey, envelope } of chosen) this.#durable.add(queue, { exchange, routingKey, envelope }, true);
    this.#schedule(0);
    return chosen.length;
  }

  queue(name: string): StoredQueue {
    const queue = this.#durable.queues.get(name);
    if (!queue) throw tasksErrors.error('queue-unknown', `no queue ${name}`);
    return queue;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#durable.sessions.set(this.#session, -Infinity);
    this.#durable.reap(this.#options.clock.now());
  }

  #route({ exchange, routingKey, envelope }: Task): string[] {
    if (Buffer.byteLength(JSON.stringify(envelope)) > MAX_TASK_BYTES) throw tasksErrors.error('message-too-large', `${envelope.type} ${envelope.id}`);
    const kind = this.#durable.exchanges.get(exchange);
    if (!kind) throw tasksErrors.error('exchange-unknown', `no exchange ${exchange}`);
    const queues = route(kind, this.#durable.bindings.filter((each) => each.exchange === exchange), routingKey);
    if (kind === 'direct' && queues.length === 0) throw tasksErrors.error('unroutable', `${exchange} has no binding for ${routingKey}`);
    return queues;
  }

  /** Looks at the queues again after `ms`; other incarnations' messages are found by polling. */
  #schedule(ms: number): void {
    this.#cancel();
    if (!this.#closed) this.#cancel = this.#options.clock.after(ms, () => this.#beat());
  }

  #beat(): void {
    const now = this.#options.clock.now();
    this.#durable.sessions.set(this.#session, now + this.#sessionMs);
    this.#durable.reap(now);
    for (const worker of this.#workers) this.#handOut(worker, now);
    this.#schedule(this.#options.pollMs ?? 100);
  }

  #handOut(worker: Worker, now: number): void {
    for (const task of this.#durable.queues.get(worker.queue)?.messages ?? []) {
      if (worker.stopped || worker.inHand.size >= worker.prefetch) return;
      if (task.state !== 'ready' || task.readyAt > now) continue;
      Object.assign(task, { state: 'claimed', holder: this.#session, attempts: task.attempts + 1 });
      const work = this.#work(worker, task).finally(() => {
        worker.inHand.delete(work);
        this.#schedule(0);
      });
      worker.inHand.add(work);
    }
  }

  async #work({ queue, handle }: Worker, task: StoredTask): Promise<void> {
    const { exchange, routingKey, envelope, attempts: attempt, redelivered } = task;
    let verdict: Verdict;
    try {
      verdict = await handle({ queue, exchange, routingKey, envelope, attempt, redelivered });
    } catch (error) {
      verdict = { type: 'retry', reason: error instanceof Error ? error.message : String(error) };
    }
    if (task.holder === this.#session && task.state === 'claimed' && task.attempts === attempt) this.#settle(queue, task, verdict);
  }

  #settle(name: string, task: StoredTask, verdict: Verdict): void {
    const queue = this.#durable.queues.get(name);
    if (!queue) return;
    const now = this.#options.clock.now();
    delete task.holder;
    if (verdict.type === 'done') queue.messages.splice(queue.messages.indexOf(task), 1);
    else if (verdict.type === 'dead') Object.assign(task, { state: 'dead', reason: verdict.reason, diedAt: now });
    else if (!verdict.uncounted && task.attempts >= queue.policy.attempts)
      Object.assign(task, { state: 'dead', reason: `${task.attempts} attempts: ${verdict.reason}`, diedAt: now });
    else {
      const readyAt = now + (verdict.delayMs ?? retryDelay(queue.policy, task.attempts, this.#options.random));
      Object.assign(task, { state: 'ready', readyAt, reason: verdict.reason, attempts: task.attempts - (verdict.uncounted ? 1 : 0) });
    }
  }
}

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function differing(what: string, is: unknown, wanted: unknown): void {
  if (is !== undefined && is !== wanted) throw tasksErrors.error('topology-differs', `${what} ${String(is)}, not ${String(wanted)}`);
}
