import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryOf } from './arbitrary.ts';
import { decodeCommand, decodeFact, encodeCommand, encodeFact, factName, validateFact, wireType } from './codec.ts';
import { commands, type CommandName, type CommandOf } from './commands/catalogue.ts';
import { envelopeSchema } from './envelope-schema.ts';
import { facts, type Fact, type FactName } from './facts/catalogue.ts';

const stamp = {
  id: 'message-1', source: '/tradewind/orders', partitionkey: 'o-1', correlationid: 'o-1', causationid: 'request-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
};
const overTheWire = <T>(message: T): T => JSON.parse(JSON.stringify(message)) as T;

test.each(Object.keys(facts) as FactName[])('%s comes back from the wire as it was', (name) => {
  fc.assert(fc.property(arbitraryOf(facts[name].schema), (data) => {
    const event = { type: name, data } as Fact;
    expect(decodeFact(overTheWire(encodeFact(event, stamp)))).toEqual(event);
  }), { numRuns: 20 });
});

test.each(Object.keys(commands) as CommandName[])('%s comes back from the wire as it was', (name) => {
  fc.assert(fc.property(arbitraryOf(commands[name].schema), (data) => {
    const command = { type: name, data } as CommandOf<CommandName>;
    expect(decodeCommand(overTheWire(encodeCommand(command, stamp, 'target')))).toEqual(command);
  }), { numRuns: 20 });
});

const confirmed: Fact = { type: 'OrderConfirmed', data: { orderId: 'o-1', customerId: 'c-1', total: { amount: 995, currency: 'EUR' } } };

test('an event travels in a CloudEvents envelope with its lineage', () => {
  const draft = encodeFact(confirmed, stamp);
  expect(draft).toEqual({
    specversion: '1.0', id: 'message-1', source: '/tradewind/orders', type: 'tradewind.order.confirmed.v1',
    time: '2026-01-02T03:04:05.678Z', datacontenttype: 'application/json', partitionkey: 'o-1', correlationid: 'o-1',
    causationid: 'request-1', traceparent: stamp.traceparent, data: confirmed.data,
  });
  const stored = { ...draft, subject: 'order-o-1', streamversion: 3 };
  expect(envelopeSchema.parse(stored)).toEqual(stored);
});

test('a command names its target and has no place in a stream', () => {
  const command = encodeCommand({ type: 'RefundPayment', data: { orderId: 'o-1' } }, stamp, 'payment-o-1');
  expect(envelopeSchema.parse(command)).toEqual(command);
  expect(command.subject).toBe('payment-o-1');
  expect(command).not.toHaveProperty('streamversion');
});

test('an event of an older version is read at the current one', () => {
  const old = {
    type: 'tradewind.order.placed.v1',
    data: {
      orderId: 'o-1', customerId: 'c-1', paymentMethod: 'card', currency: 'EUR',
      lines: [{ productId: 'p-1', quantity: 2, unitPrice: 500 }, { productId: 'p-2', quantity: 1, unitPrice: 99 }],
    },
  };
  expect(decodeFact<'OrderPlaced'>(old)).toEqual({
    type: 'OrderPlaced',
    data: {
      orderId: 'o-1', customerId: 'c-1', paymentMethod: 'card', total: { amount: 1099, currency: 'EUR' },
      lines: [
        { productId: 'p-1', quantity: 2, unitPrice: { amount: 500, currency: 'EUR' } },
        { productId: 'p-2', quantity: 1, unitPrice: { amount: 99, currency: 'EUR' } },
      ],
    },
  });
  expect(wireType(facts.OrderPlaced)).toBe('tradewind.order.placed.v2');
});

test.each([
  ['a type that no schema knows', 'tradewind.order.eaten.v1', 'message-type-unknown'],
  ['a type without a version', 'tradewind.order.placed', 'message-type-unknown'],
  ['version 0', 'tradewind.order.placed.v0', 'message-type-unknown'],
  ['an empty type', '', 'message-type-unknown'],
  ['a version from the future', 'tradewind.order.placed.v3', 'message-from-the-future'],
])('%s is refused by its code', (_, type, code) => {
  expect(() => decodeFact({ type, data: {} })).toThrow(expect.objectContaining({ code, canRetry: false }));
});

test.each([
  ['a missing field', {}],
  ['an unknown field', { orderId: 'o-1', extra: 1 }],
  ['a field of another type', { orderId: 1 }],
  ['an id with a slash', { orderId: '../o-1' }],
  ['no object', null],
])('a command with %s is invalid', (_, data) => {
  expect(() => decodeCommand({ type: 'tradewind.payment.refund.v1', data })).toThrow(expect.objectContaining({ code: 'message-invalid', canRetry: false }));
});

test('the data of an event is held against its schema where somebody asks for it', () => {
  expect(() => validateFact(encodeFact(confirmed, stamp))).not.toThrow();
  expect(() => validateFact({ type: 'tradewind.order.confirmed.v1', data: { orderId: 'o-1' } })).toThrow(expect.objectContaining({ code: 'message-invalid', canRetry: false }));
  expect(() => validateFact({ type: 'tradewind.order.confirmed.v9', data: confirmed.data })).toThrow(expect.objectContaining({ code: 'message-from-the-future' }));
});

test('an event is not taken for a command, nor a command for an event', () => {
  expect(() => decodeCommand(encodeFact(confirmed, stamp))).toThrow(expect.objectContaining({ code: 'message-type-unknown' }));
  const command = encodeCommand({ type: 'RefundPayment', data: { orderId: 'o-1' } }, stamp, 'payment-o-1');
  expect(() => decodeFact(command)).toThrow(expect.objectContaining({ code: 'message-type-unknown' }));
});

test('the name of an event is known by its wire type, of whatever version', () => {
  expect(factName({ type: 'tradewind.order.placed.v1' })).toBe('OrderPlaced');
  expect(factName({ type: 'tradewind.order.placed.v9' })).toBe('OrderPlaced');
  expect(factName({ type: 'tradewind.payment.refund.v1' })).toBeUndefined();
});
