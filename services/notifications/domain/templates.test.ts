import { expect, test } from '@jest/globals';
import { arbitraryOf } from '@tradewind/events/arbitrary.ts';
import { commands } from '@tradewind/events/commands/catalogue.ts';
import { cancelReason } from '@tradewind/events/facts/orders.ts';
import fc from 'fast-check';
import { letter } from './templates.ts';

const about = { orderId: 'o1', customerId: 'c1' };

test('a confirmed order is told with its amount, in the units of its currency', () => {
  expect(letter({ ...about, kind: 'order-confirmed', total: { amount: 1205, currency: 'EUR' } })).toEqual({
    subject: 'Your order o1 is confirmed', text: 'Thank you. Your order o1 over EUR 12.05 is paid and confirmed.',
  });
  expect(letter({ ...about, kind: 'order-confirmed', total: { amount: 1205, currency: 'JPY' } }).text).toContain('over JPY 1205 ');
  expect(letter({ ...about, kind: 'order-confirmed' }).text).toBe('Thank you. Your order o1 is paid and confirmed.');
});

test.each(cancelReason.options)('a customer whose order was cancelled by %s reads why', (reason) => {
  const plain = letter({ ...about, kind: 'order-cancelled' });
  const told = letter({ ...about, kind: 'order-cancelled', reason });
  expect(plain).toEqual({
    subject: 'Your order o1 was cancelled', text: 'Your order o1 was cancelled. Whatever was reserved or paid for it is given back.',
  });
  expect(told.subject).toBe(plain.subject);
  expect(told.text.length).toBeGreaterThan(plain.text.length);
  expect(told.text).not.toContain(reason);
});

test('nothing of a free text that another service sent goes out', () => {
  fc.assert(fc.property(arbitraryOf(commands.NotifyCustomer.schema), (data) => {
    const { subject, text } = letter(data);
    expect(subject + text).toMatch(/^[\x20-\x7e]+$/);
    expect(subject + text).not.toMatch(/undefined|\[object/);
  }));
  expect(letter({ ...about, kind: 'order-cancelled', reason: 'toString' })).toEqual(letter({ ...about, kind: 'order-cancelled' }));
});
