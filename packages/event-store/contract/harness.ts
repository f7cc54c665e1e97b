import { afterEach, beforeEach, expect } from '@jest/globals';
import type { Draft, Envelope } from '@tradewind/events/envelope.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import type { Lane, Outbox, OutboxRow } from '../outbox.ts';
import type { Answer, EventStore, OutgoingTask, Version } from '../port.ts';

export const TOPIC = 'test.events';

/** An empty store, and what a test needs to be more than one process. */
export interface Opened {
  store: EventStore & Outbox;
  /** The same store as another process has it. */
  another(): Promise<EventStore & Outbox>;
  /** Lets time pass for leases. */
  pass(ms: number): Promise<void>;
  /** Ends everything. */
  close(): Promise<void>;
}

export type Open = () => Promise<Opened>;

/** A fresh store for each test of the block it is called in. */
export function eachWith(open: Open): { readonly store: EventStore & Outbox; another(): Promise<EventStore & Outbox>; pass(ms: number): Promise<void> } {
  let opened: Opened;
  beforeEach(async () => { opened = await open(); });
  afterEach(() => opened.close());
  return {
    get store() { return opened.store; },
    another: () => opened.another(),
    pass: (ms) => opened.pass(ms),
  };
}

let made = 0;

/** An event that counts: `data.n`. */
export function draft(n = 0, more: Partial<Draft> = {}): Draft {
  made += 1;
  return {
    specversion: '1.0', id: `event-${made}`, source: '/test', type: 'test.happened.v1', time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json', partitionkey: 'key', correlationid: 'order', causationid: 'cause', data: { n }, ...more,
  };
}

export function drafts(count: number): Draft[] {
  return Array.from({ length: count }, (_, n) => draft(n + 1));
}

export function task(n: number): OutgoingTask {
  const envelope: Envelope = { ...draft(n), subject: 'target', type: 'test.do.v1' };
  return { exchange: 'commands', routingKey: `route-${n}`, envelope };
}

export function answer(key: string, more: Partial<Answer> = {}): Answer {
  return { scope: 'POST /things', key, fingerprint: 'f', status: 202, headers: { location: '/things/1' }, body: { id: 1 }, at: 1_000, ...more };
}

/** Everything that waits in a lane. */
export async function waiting(store: Outbox, lane: Lane): Promise<OutboxRow[]> {
  return store.scan(lane, 0, 100_000);
}

/** Versions of one stream's events in the order they wait for the log. */
export function order(rows: OutboxRow[], stream: string): (Version | undefined)[] {
  return rows.filter((row) => row.envelope.subject === stream).map((row) => row.envelope.streamversion);
}

/** `ok`, or the code of the error. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}

/** Asserts on the events of one stream. */
export async function expectStream(store: EventStore, stream: string, numbers: number[]): Promise<void> {
  const [loaded] = await store.load([{ stream }]);
  expect(loaded?.events.map((event) => (event.data as { n: number }).n)).toEqual(numbers);
  expect(loaded?.events.map((event) => event.streamversion)).toEqual(numbers.map((_, at) => at + 1));
  expect(loaded?.version).toBe(numbers.length);
}
