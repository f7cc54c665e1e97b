import { expect, test } from '@jest/globals';
import { encodeCommand } from '@tradewind/events/codec.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { errorCatalogue } from '@tradewind/events/errors.ts';
import { pino } from 'pino';
import { taskHandler } from './handler.ts';
import { tasksErrors, type Delivery } from './port.ts';

const logger = pino({ level: 'silent' });
const stamp = { id: 'o-1:refund', source: '/tradewind/orders', partitionkey: 'o-1', correlationid: 'o-1', causationid: 'x', now: 0 };
const refund = encodeCommand({ type: 'RefundPayment', data: { orderId: '0f3e6a52-58a2-7c5b-8f6e-2f3a4b5c6d7e' } }, stamp, 'o-1');
const others = errorCatalogue('others', { 'store-unavailable': { title: 'down', canRetry: true }, 'stream-conflict': { title: 'moved on', canRetry: true } });

const deliver = (envelope: Envelope): Delivery => ({ queue: 'q', exchange: 'e', routingKey: 'k', envelope, attempt: 1, redelivered: false });
const failing = (error: unknown) => taskHandler<'RefundPayment'>(() => Promise.reject(error), logger)(deliver(refund));

test('a handled command is done; the handler got it decoded, with its envelope', async () => {
  const got: unknown[] = [];
  const handle = taskHandler<'RefundPayment'>(async (command, envelope) => void got.push(command, envelope), logger);
  expect(await handle(deliver(refund))).toEqual({ type: 'done' });
  expect(got).toEqual([{ type: 'RefundPayment', data: refund.data }, refund]);
});

test.each([
  ['of a type nobody knows', { ...refund, type: 'tradewind.unheard.of.v1' }, 'message-type-unknown'],
  ['of a version to come', { ...refund, type: 'tradewind.payment.refund.v99' }, 'message-from-the-future'],
  ['that does not fit its schema', { ...refund, data: { orderId: 7 } }, 'message-invalid'],
])('a message %s is dead at once, and no handler sees it', async (_, envelope, code) => {
  const handle = taskHandler(async () => { throw new Error('seen'); }, logger);
  expect(await handle(deliver(envelope))).toEqual({ type: 'dead', reason: expect.stringContaining(`${code}: `) });
});

test('an error is a retry with its reason', async () => {
  expect(await failing(new TypeError('x is undefined'))).toEqual({ type: 'retry', reason: 'x is undefined' });
  expect(await failing('thrown text')).toEqual({ type: 'retry', reason: 'thrown text' });
  expect(await failing(others.error('stream-conflict'))).toEqual({ type: 'retry', reason: 'stream-conflict: moved on', uncounted: false });
});

test('an outage of ours is a retry that does not count', async () => {
  expect(await failing(others.error('store-unavailable'))).toEqual({ type: 'retry', reason: 'store-unavailable: down', uncounted: true });
  expect(await failing(tasksErrors.error('tasks-unavailable'))).toMatchObject({ type: 'retry', uncounted: true });
});
