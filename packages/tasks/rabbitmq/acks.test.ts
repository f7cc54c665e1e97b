import { expect, test } from '@jest/globals';
import type { ConsumeMessage, Message } from 'amqplib';
import fc from 'fast-check';
import { Acks } from './acks.ts';

const delivery = (deliveryTag: number): ConsumeMessage => ({
  content: Buffer.alloc(0), properties: {} as ConsumeMessage['properties'], fields: { deliveryTag, redelivered: false, exchange: '', routingKey: '', consumerTag: '' },
});

/** A channel as the server keeps it: it closes over a delivery that is not outstanding. */
function channel(deliveries: number) {
  const outstanding = new Set(Array.from({ length: deliveries }, (_, n) => n + 1));
  const settled = { acked: [] as number[], nacked: [] as number[], frames: 0 };
  const settle = (where: number[], { fields }: Message, upTo = false): void => {
    const { deliveryTag } = fields as ConsumeMessage['fields'];
    if (!outstanding.has(deliveryTag)) throw new Error(`unknown delivery tag ${deliveryTag}`);
    for (const tag of [...outstanding].filter((each) => (upTo ? each <= deliveryTag : each === deliveryTag))) {
      outstanding.delete(tag);
      where.push(tag);
    }
    settled.frames += 1;
  };
  return {
    settled, outstanding,
    ack: (message: Message, upTo?: boolean) => settle(settled.acked, message, upTo),
    nack: (message: Message, upTo?: boolean) => settle(settled.nacked, message, upTo),
  };
}

test('what was settled is settled, once, and nothing else, in whatever order and turns it comes', () => {
  const acts = fc.integer({ min: 1, max: 20 }).chain((deliveries) => fc.record({
    deliveries: fc.constant(deliveries),
    order: fc.shuffledSubarray(Array.from({ length: deliveries }, (_, n) => n + 1)),
    how: fc.array(fc.constantFrom('ack', 'ack', 'nack', 'flush'), { minLength: deliveries, maxLength: deliveries }),
  }));
  fc.assert(fc.property(acts, ({ deliveries, order, how }) => {
    const server = channel(deliveries);
    const acks = new Acks(server);
    const wanted = { acked: [] as number[], nacked: [] as number[] };
    order.forEach((tag, at) => {
      if (how[at] === 'nack') acks.nack(delivery(tag), true);
      else acks.ack(delivery(tag));
      (how[at] === 'nack' ? wanted.nacked : wanted.acked).push(tag);
      if (how[at] === 'flush') acks.flush();
    });
    acks.flush();
    expect({ acked: server.settled.acked.sort(), nacked: server.settled.nacked.sort() }).toEqual({ acked: wanted.acked.sort(), nacked: wanted.nacked.sort() });
  }));
});

test('one turn of the event loop is one frame; a delivery that takes longer is left out', async () => {
  const server = channel(10);
  const acks = new Acks(server);
  for (const tag of [1, 2, 3, 4, 5, 6]) acks.ack(delivery(tag));
  await new Promise(setImmediate);
  expect(server.settled).toMatchObject({ acked: [1, 2, 3, 4, 5, 6], frames: 1 });
  for (const tag of [8, 10]) acks.ack(delivery(tag));
  acks.flush();
  expect([...server.outstanding]).toEqual([7, 9]);
  for (const tag of [7, 9]) acks.ack(delivery(tag));
  acks.flush();
  expect(server.settled.frames).toBe(4);
  expect(server.outstanding.size).toBe(0);
});

test('once closed, nothing is settled any more', () => {
  const server = channel(2);
  const acks = new Acks(server);
  acks.ack(delivery(1));
  acks.close();
  acks.flush();
  acks.nack(delivery(2), true);
  expect([acks.open, server.outstanding.size]).toEqual([false, 2]);
});
