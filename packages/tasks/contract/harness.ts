import { expect } from '@jest/globals';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Delivery, QueueDepth, QueueSpec, Task, Tasks, Verdict } from '../port.ts';
import type { ExchangeKind } from '../routing.ts';

/** A broker under test, reached as several processes would reach it. */
export interface TasksUnderTest {
  /** What the adapter's delays are measured by. */
  clock: Clock;
  /** One more client of the same broker. */
  client(): Promise<Tasks>;
  /** Another process, or what stands for one: it takes deliveries, and settles them with `done` once it is told to. */
  elsewhere(job: Job): Promise<Elsewhere>;
  /** Closes its clients too. */
  close(): Promise<void>;
}

/** What the other process does: declares a temporary queue if there is one, and consumes. */
export interface Job { queue: string; prefetch: number; temporary?: { exchange: string } }

export interface Elsewhere {
  /** Ids of the envelopes that it got. */
  received(): string[];
  /** Settles what it has in hand, and whatever comes. */
  finish(): Promise<void>;
  /** How many of its handlers have ended. */
  finished(): number;
  /** Dies without a word. */
  kill(): Promise<void>;
  /** Stands still, its connections open. */
  pause(): void;
  resume(): void;
}

/** What the tests of a contract share: one broker, two clients of it, and names that no other test has. */
export interface Bench {
  clock: Clock;
  tasks: Tasks;
  other: Tasks;
  under: TasksUnderTest;
  name(what: string): string;
  /** A new queue, the only one bound to a new direct exchange. */
  queue(spec?: Omit<QueueSpec, 'name'>): Promise<Bound>;
  exchange(kind: ExchangeKind): Promise<string>;
  until(what: string, condition: () => boolean | Promise<boolean>, ms?: number): Promise<void>;
}

export interface Bound {
  name: string;
  exchange: string;
  /** Publishes messages numbered from `first`. */
  send(count: number, first?: number): Promise<void>;
  depth(): Promise<Figures | undefined>;
  /** Asserts on its figures: at once where the adapter's are exact, else in the end. */
  figures(expected: Partial<Figures>): Promise<void>;
}

type Figures = Omit<QueueDepth, 'queue'>;

let names = 0;

export async function bench(open: () => Promise<TasksUnderTest>): Promise<Bench> {
  const under = await open();
  const { clock } = under;
  const tasks = await under.client();
  const run = clock.now().toString(36);
  const name = (what: string): string => `${what}-${run}-${(names += 1)}`;
  return {
    clock, tasks, under, name,
    other: await under.client(),
    async queue(spec = {}) {
      const [queue, exchange] = [name('queue'), name('direct')];
      await tasks.declare({ exchanges: [{ name: exchange, kind: 'direct' }], queues: [{ name: queue, ...spec }], bindings: [{ exchange, queue, pattern: 'key' }] });
      return {
        name: queue, exchange,
        send: (count, first = 0) => tasks.publish(Array.from({ length: count }, (_, n) => task(exchange, 'key', first + n))),
        depth: () => depthOf(tasks, queue),
        figures: (expected) => expectFigures(under.clock, tasks, queue, expected),
      };
    },
    async exchange(kind) {
      const exchange = name(kind);
      await tasks.declare({ exchanges: [{ name: exchange, kind }], queues: [], bindings: [] });
      return exchange;
    },
    async until(what, condition, ms = 15_000) {
      const end = clock.now() + ms;
      while (!(await condition())) {
        if (clock.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
        await clock.sleep(5);
      }
    },
  };
}

/** Asserts on a queue's figures: at once where the adapter's are exact, else within 15 s. */
export async function expectFigures(clock: Clock, tasks: Tasks, queue: string, figures: Partial<Figures>): Promise<void> {
  const end = clock.now() + 15_000;
  const fits = (): boolean => Object.entries(figures).every(([each, figure]) => (actual as Record<string, unknown> | undefined)?.[each] === figure);
  let actual = await depthOf(tasks, queue);
  while (!tasks.features.exactDepths && !fits() && clock.now() < end) {
    await clock.sleep(20);
    actual = await depthOf(tasks, queue);
  }
  expect(actual).toMatchObject(figures);
}

export async function depthOf(tasks: Tasks, queue: string) {
  const found = (await tasks.depths()).find((each) => each.queue === queue);
  if (!found) return undefined;
  const { ready, unsettled, retrying, dead } = found;
  return { ready, unsettled, retrying, dead };
}

export function task(exchange: string, routingKey: string, id: number | string, data: unknown = {}): Task {
  return { exchange, routingKey, envelope: envelope(String(id), data) };
}

function envelope(id: string, data: unknown): Envelope {
  return {
    specversion: '1.0', id, source: '/tradewind/test', type: 'tradewind.test.do.v1', subject: 'test-1', time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json', partitionkey: 'test-1', correlationid: 'test-1', causationid: 'test', data,
  };
}

/** Something a handler waits for. */
export function gate(): { opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open: () => open() };
}

export const done: Verdict = { type: 'done' };

/** A handler that says what a script says, in turn, then `done`; it keeps what it got. */
export function scripted(...verdicts: Verdict[]): { seen: Delivery[]; ids(): string[]; handle(delivery: Delivery): Promise<Verdict> } {
  const seen: Delivery[] = [];
  return {
    seen,
    ids: () => seen.map((delivery) => delivery.envelope.id),
    async handle(delivery) {
      seen.push(delivery);
      return verdicts[seen.length - 1] ?? done;
    },
  };
}

/** A handler that holds everything in hand until `gate.open()`. */
export function holding(verdict: Verdict = done) {
  const { opened, open } = gate();
  const seen: Delivery[] = [];
  const state = { inHand: 0, most: 0 };
  return {
    seen, open, state,
    ids: () => seen.map((delivery) => delivery.envelope.id),
    async handle(delivery: Delivery): Promise<Verdict> {
      seen.push(delivery);
      state.inHand += 1;
      state.most = Math.max(state.most, state.inHand);
      await opened;
      state.inHand -= 1;
      return verdict;
    },
  };
}

export const ids = (first: number, end: number): string[] => Array.from({ length: end - first }, (_, n) => String(first + n));
