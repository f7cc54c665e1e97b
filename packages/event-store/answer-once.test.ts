import { beforeEach, expect, test } from '@jest/globals';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import type { Response } from '@tradewind/chassis/http/route.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { AnswerOnce } from './answer-once.ts';
import { draft, expectStream } from './contract/harness.ts';
import { memoryEventStore } from './memory/store.ts';
import type { EventStore } from './port.ts';

const clock = new VirtualClock();
const key = { scope: 'customer:1 POST /orders', key: 'k', fingerprint: 'f' };
const replay = { 'idempotent-replay': 'true' };

let store: EventStore;
let worked: number;

beforeEach(() => {
  store = memoryEventStore({ topic: 't', name: 'test', clock });
  worked = 0;
});

/** Appends one event, taking its time. */
function place(once: AnswerOnce, given = key): Promise<Response> {
  return once.run(given, clock.now(), async (keep) => {
    worked += 1;
    const mine = worked;
    await clock.sleep(10);
    const response = { status: 202, headers: { location: `/orders/${mine}` }, body: { id: mine } };
    await store.append([{ stream: 's', expected: 'any', events: [draft(mine)] }], { answer: keep(response) });
    return response;
  });
}

test('the same request, at the same time or later, gets the first answer and has no second effect', async () => {
  const once = new AnswerOnce(store);
  const answers = await Promise.all([place(once), place(once), place(once)]);
  const first = { status: 202, headers: { location: '/orders/1' }, body: { id: 1 } };
  const repeated = { ...first, headers: { ...first.headers, ...replay } };
  expect(answers).toEqual([first, repeated, repeated]);
  expect(await place(new AnswerOnce(store))).toEqual(repeated);
  expect(worked).toBe(1);
  await expectStream(store, 's', [1]);
});

test('of the same request at two processes at once, one has an effect and both get its answer', async () => {
  const answers = await Promise.all([place(new AnswerOnce(store)), place(new AnswerOnce(store))]);
  expect(answers.map((answer) => answer.headers?.location)).toEqual(['/orders/1', '/orders/1']);
  expect(worked).toBe(2);
  await expectStream(store, 's', [1]);
});

test('another request under the same key is a problem, at the same time, later, and at another process', async () => {
  const once = new AnswerOnce(store);
  const other = { ...key, fingerprint: 'other' };
  const first = place(once);
  const problem = async (work: Promise<Response>) => work.then(() => undefined, (error: unknown) => error instanceof Problem ? error.code : error);
  const elsewhere = place(new AnswerOnce(store), other);
  expect(await problem(place(once, other))).toBe('idempotency-key-reused');
  expect(await problem(elsewhere)).toBe('idempotency-key-reused');
  expect(await problem(place(once, other))).toBe('idempotency-key-reused');
  expect((await first).status).toBe(202);
  await expectStream(store, 's', [1]);
});

test('keys of another scope, and other keys, are others', async () => {
  const once = new AnswerOnce(store);
  await Promise.all([place(once), place(once, { ...key, scope: 'customer:2 POST /orders' }), place(once, { ...key, key: 'k2' })]);
  expect(worked).toBe(3);
});

test('work that fails leaves the key free', async () => {
  const once = new AnswerOnce(store);
  await expect(once.run(key, clock.now(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect((await place(once)).headers).toEqual({ location: '/orders/1' });
});

test('an answer without headers or body is repeated without', async () => {
  const once = new AnswerOnce(store);
  const empty = () => once.run(key, clock.now(), async (keep) => {
    await store.append([], { answer: keep({ status: 204 }) });
    return { status: 204 };
  });
  expect(await empty()).toEqual({ status: 204 });
  expect(await empty()).toMatchObject({ status: 204, headers: replay });
});
