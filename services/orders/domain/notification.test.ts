import { expect, test } from '@jest/globals';
import { notifications } from './notification.ts';

const total = { amount: 1000, currency: 'EUR' };

test('a customer is told when an order is confirmed or cancelled, and of nothing else', () => {
  expect(notifications([
    { type: 'OrderPlaced', data: { orderId: 'o1', customerId: 'ada', paymentMethod: 'card', lines: [], total } },
    { type: 'OrderConfirmed', data: { orderId: 'o1', customerId: 'ada', total } },
  ])).toEqual([{
    id: 'o1:notify-confirmed', routingKey: 'order.confirmed.ada',
    command: { type: 'NotifyCustomer', data: { orderId: 'o1', customerId: 'ada', kind: 'order-confirmed', total } },
  }]);
  expect(notifications([{ type: 'OrderCancelled', data: { orderId: 'o1', customerId: 'ada', reason: 'payment-declined', detail: 'card-declined' } }])).toEqual([{
    id: 'o1:notify-cancelled', routingKey: 'order.cancelled.ada',
    command: { type: 'NotifyCustomer', data: { orderId: 'o1', customerId: 'ada', kind: 'order-cancelled', reason: 'payment-declined' } },
  }]);
});

test('a customer whose id has dots is one word of the routing key, which `order.confirmed.*` matches', () => {
  const [told] = notifications([{ type: 'OrderConfirmed', data: { orderId: 'o1', customerId: 'ada.b.c', total } }]);
  expect(told?.routingKey).toBe('order.confirmed.ada_b_c');
});
