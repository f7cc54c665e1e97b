import { expect, test } from '@jest/globals';
import { topics } from '@tradewind/events/topology.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import fc from 'fast-check';
import { foldAll, seen } from '../contract/fold-all.ts';
import { ofTopic, records, Story, type Outcome, type Told } from '../contract/story.ts';
import { Projector } from '../messaging/projector.ts';
import { memoryReadModel } from '../read-model/memory/read-model.ts';
import { fold } from './fold.ts';
import { occurrences } from './occurrence.ts';

const outcomes = fc.array(fc.constantFrom<Outcome>('placed', 'confirmed', 'cancelled', 'declined', 'parked'), { minLength: 1, maxLength: 5 });

function tell(all: Outcome[]): Told[] {
  const story = new Story();
  all.forEach((outcome, n) => story.order(`o${n}`, `c${n % 2}`, outcome));
  return story.noise().told;
}

/** Partitions in which each stream keeps its order, as it does in the log, and nothing else does. */
function partitions(told: Told[], count: number, place: number[]): { topic: string; partition: number; envelopes: Envelope[] }[] {
  const streams = [...new Set(told.map(({ envelope }) => envelope.subject))];
  const partitionOf = new Map(streams.map((stream, n) => [stream, (place[n % place.length] ?? 0) % count]));
  return Object.values(topics).flatMap((topic) => Array.from({ length: count }, (_, partition) => ({
    topic, partition, envelopes: ofTopic(topic, told).filter(({ subject }) => partitionOf.get(subject) === partition),
  })));
}

/** What a relay that publishes again does: some records once more, anywhere after their first time. */
function withDuplicates(envelopes: Envelope[], copies: [number, number][]): Envelope[] {
  const all = [...envelopes];
  for (const [which, later] of copies) {
    const from = which % Math.max(all.length, 1);
    const copied = all[from];
    if (copied) all.splice(from + 1 + (later % (all.length - from)), 0, copied);
  }
  return all;
}

const delivery = fc.record({
  outcomes, count: fc.integer({ min: 1, max: 3 }), place: fc.array(fc.nat(99), { minLength: 1, maxLength: 12 }),
  copies: fc.array(fc.tuple(fc.nat(999), fc.nat(999)), { maxLength: 12 }),
  turns: fc.array(fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 7 })), { maxLength: 60 }),
});

test('however the log repeats events, cuts batches and mixes streams, the model is that of the plain fold', async () => {
  await fc.assert(fc.asyncProperty(delivery, async ({ outcomes: all, count, place, copies, turns }) => {
    const told = tell(all);
    const plain = memoryReadModel();
    await foldAll(plain, told);
    const model = memoryReadModel();
    const projector = new Projector(model, { read: () => Promise.resolve([]) });
    const waiting = partitions(told, count, place).map((each) => records(each.topic, withDuplicates(each.envelopes, copies), each));
    for (const [which, size] of turns) await projector.project(waiting[which % waiting.length]?.splice(0, size) ?? []);
    for (const rest of waiting) await projector.project(rest);
    expect(await seen(model)).toEqual(await seen(plain));
  }), { numRuns: 60 });
});

test('folding in one batch is folding in two', () => {
  fc.assert(fc.property(outcomes, fc.nat(999), (all, cut) => {
    const events = occurrences(tell(all).map(({ envelope }) => envelope));
    const whole = fold(events, new Map());
    const at = cut % (events.length + 1);
    const first = fold(events.slice(0, at), new Map());
    const held = new Map(first.audit.map(({ kind, orderId, last }) => {
      const order = first.orders.find((each) => each.orderId === orderId);
      const known = kind === 'order' ? { status: order?.order?.status } : kind === 'saga' ? { saga: order?.saga?.state } : {};
      return [`${kind}-${orderId}`, { version: last, ...known }];
    }));
    const second = fold(events.slice(at), held);
    const net = Object.keys(whole.tally) as (keyof typeof whole.tally)[];
    for (const name of net) expect((first.tally[name] ?? 0) + (second.tally[name] ?? 0)).toBe(whole.tally[name]);
    expect(first.audit.concat(second.audit).flatMap(({ entries }) => entries.map(({ id }) => id)).sort())
      .toEqual(whole.audit.flatMap(({ entries }) => entries.map(({ id }) => id)).sort());
    expect(fold(events, new Map([...held, ...second.audit.map(({ kind, orderId, last }) => [`${kind}-${orderId}`, { version: last }] as const)])).duplicates)
      .toBe(events.length);
  }), { numRuns: 60 });
});

test('an order placed under version 1 of its event is folded like any other', async () => {
  const [placed] = new Story().order('o1', 'c1', 'placed').told as [Told];
  const { lines, total, ...rest } = placed.envelope.data as { lines: { unitPrice: { amount: number } }[]; total: object };
  const old = {
    ...placed.envelope, type: 'tradewind.order.placed.v1',
    data: { ...rest, currency: 'EUR', lines: lines.map((line) => ({ ...line, unitPrice: line.unitPrice.amount })) },
  };
  const [change] = fold(occurrences([old]), new Map()).orders;
  expect(change?.order?.placed).toMatchObject({ lines, total });
});

test('events of no order and of unknown types are not even decoded; those of a newer version stop the fold', () => {
  const [placed] = new Story().order('o1', 'c1', 'placed').told as [Told];
  const undecodable = { ...placed.envelope, type: 'tradewind.product.quantity-reserved.v9', data: null };
  expect(occurrences([undecodable, { ...placed.envelope, type: 'tradewind.voucher.granted.v1' }])).toEqual([]);
  expect(() => occurrences([{ ...placed.envelope, type: 'tradewind.order.placed.v9' }])).toThrow(expect.objectContaining({ code: 'message-from-the-future' }));
});
