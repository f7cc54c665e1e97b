import { expect, test } from '@jest/globals';
import { foldAll } from '../contract/fold-all.ts';
import { Story, type Outcome } from '../contract/story.ts';
import { memoryReadModel } from '../read-model/memory/read-model.ts';
import type { OrderView } from './order-view.ts';
import { timelineText } from './timeline-text.ts';
import { timeline } from './timeline.ts';

async function trailOf(outcome: Outcome, change: (story: Story) => void = () => undefined) {
  const story = new Story().order('o1', 'c1', outcome);
  change(story);
  const model = memoryReadModel();
  await foldAll(model, story.told);
  const order = await model.order('o1') as OrderView;
  return { order, trail: timeline(await model.audit('o1'), order) };
}

test('each event says what happened in plain words, where, and who did it', async () => {
  const { trail } = await trailOf('declined');
  expect(trail.map(({ event, summary, actor }) => [event, summary, actor])).toEqual([
    ['OrderPlaced', 'Order placed: 3 units of 2 products, EUR 12.05', 'customer:c1'],
    ['SagaStarted', 'Saga started with reserving credit', 'service:orders'],
    ['CreditReserved', 'Credit of EUR 12.05 reserved', 'service:customers'],
    ['SagaStepDone', 'Saga: reserving credit is done', 'service:orders'],
    ['StockReserved', 'Stock reserved: 3 units of 2 products', 'service:inventory'],
    ['SagaStepDone', 'Saga: reserving stock is done', 'service:orders'],
    ['PaymentDeclined', 'Payment of EUR 12.05 declined: the card was declined', 'service:payments'],
    ['SagaCompensating', 'Saga compensates, since the payment was declined: releasing the stock, then releasing the credit', 'service:orders'],
    ['OrderCancelled', 'Order cancelled: the payment was declined (Try another card.)', 'service:orders'],
    ['StockReleased', 'Stock released: 2 units', 'service:inventory'],
    ['SagaStepDone', 'Saga: releasing the stock is done', 'service:orders'],
    ['CreditReleased', 'Credit of EUR 12.05 released', 'service:customers'],
    ['SagaStepDone', 'Saga: releasing the credit is done', 'service:orders'],
    ['SagaEnded', 'Saga ended, order cancelled', 'service:orders'],
  ]);
  expect(trail[2]).toMatchObject({ stream: 'customer-c1', version: 1, type: 'tradewind.credit.reserved.v1', causation: 'saga-o1@1', time: '2026-01-01T00:00:00.002Z' });
});

test("an event stands after its cause and its stream's earlier events, whatever the clocks of the services said", async () => {
  const ids = (events: { id: string }[]) => events.map(({ id }) => id);
  const { trail: right } = await trailOf('confirmed');
  const { trail: skewed } = await trailOf('confirmed', ({ told }) => {
    for (const { topic, envelope } of told) if (topic !== 'tradewind.orders') envelope.time = '2025-12-31T23:59:59.000Z';
  });
  expect(ids(skewed)).toEqual(ids(right));
});

test('who resumed a parked saga is named', async () => {
  const { trail } = await trailOf('parked', (story) => {
    story.tell('tradewind.orders', 'saga-o1', { type: 'SagaResumed', data: { orderId: 'o1', step: 'release-stock', by: 'olga' } });
    story.tell('tradewind.orders', 'saga-o1', { type: 'SagaResumed', data: { orderId: 'o1', step: 'release-stock', by: 'operator:olga' } });
  });
  expect(trail.slice(-2).map(({ actor }) => actor)).toEqual(['operator:olga', 'operator:olga']);
});

test('for people the trail is a table with aligned columns', async () => {
  const { order, trail } = await trailOf('cancelled');
  expect(timelineText(order, trail)).toBe(`\
Order o1 of customer c1: cancelled, saga ended
Placed 2026-01-01T00:00:00.000Z (times are UTC)

00:00:00.000  +0.000s  customer:c1        order-o1@1        Order placed: 3 units of 2 products, EUR 12.05
00:00:00.001  +0.001s  service:orders     saga-o1@1         Saga started with reserving credit
00:00:00.002  +0.002s  service:customers  customer-c1@1     Credit of EUR 12.05 reserved
00:00:00.003  +0.003s  service:orders     saga-o1@2         Saga: reserving credit is done
00:00:00.004  +0.004s  service:inventory  reservation-o1@1  Stock rejected: there is not enough stock (p2)
00:00:00.005  +0.005s  service:orders     saga-o1@3         Saga compensates, since stock was rejected: releasing the credit
00:00:00.006  +0.006s  service:orders     order-o1@2        Order cancelled: stock was rejected
00:00:00.007  +0.007s  service:customers  customer-c1@2     Credit of EUR 12.05 released
00:00:00.008  +0.008s  service:orders     saga-o1@4         Saga: releasing the credit is done
00:00:00.009  +0.009s  service:orders     saga-o1@5         Saga ended, order cancelled
`);
});
