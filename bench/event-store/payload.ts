import type { Draft } from '@tradewind/events/envelope.ts';
import { randomUUID } from 'node:crypto';

/** An event of the size of a small order's: about 0.9 KB as JSON. */
export function event(stream: string): Draft {
  return {
    specversion: '1.0', id: randomUUID(), source: '/tradewind/orders', type: 'tradewind.order.placed.v2', time: new Date().toISOString(),
    datacontenttype: 'application/json', partitionkey: stream, correlationid: stream, causationid: randomUUID(),
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    data: {
      orderId: stream, customerId: 'customer-17', paymentMethod: 'card', total: { amount: 15_588, currency: 'EUR' },
      lines: [1, 2, 3, 4].map((n) => ({ productId: `product-${n}`, quantity: 3, unitPrice: { amount: 1_299, currency: 'EUR' } })),
    },
  };
}

export function newStream(): string {
  return `order-${randomUUID()}`;
}
