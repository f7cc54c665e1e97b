import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { handlerOf } from '@tradewind/chassis/http/handler.ts';
import type { Handler } from '@tradewind/chassis/http/raw.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import type { Service } from '@tradewind/chassis/service.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { encodeCommand } from '@tradewind/events/codec.ts';
import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import { exchanges, notificationsQueue } from '@tradewind/events/topology.ts';
import { memoryTasks } from '@tradewind/tasks/memory/tasks.ts';
import type { Task, Tasks } from '@tradewind/tasks/port.ts';
import { Registry } from 'prom-client';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { memoryNotifications } from './model/memory/model.ts';
import { notifications } from './service.ts';

let clock: VirtualClock;
let tasks: Tasks;
let services: Service[];
let handler: Handler;

beforeEach(async () => {
  clock = new VirtualClock();
  const random = seededRandom(3);
  tasks = memoryTasks({ clock, random });
  const model = memoryNotifications();
  const world = () => ({ clock, random, logger: systemLogger({ level: 'silent' }), metrics: new Registry() });
  services = [notifications({ tasks, model }, world()), notifications({ tasks, model }, world())];
  for (const service of services) await service.start();
  handler = handlerOf(services[0] as Service, world());
});
afterEach(async () => {
  for (const service of services) await service.stop();
  await tasks.close();
});

function message(data: CommandOf<'NotifyCustomer'>['data'], id = `${data.orderId}:${data.kind}`): Task {
  const envelope = encodeCommand({ type: 'NotifyCustomer', data }, {
    id, source: '/tradewind/orders', partitionkey: data.orderId, correlationid: data.orderId, causationid: 'cause', now: clock.now(),
  }, data.orderId);
  return { exchange: exchanges.notifications, routingKey: `${data.kind.replace('-', '.')}.${data.customerId}`, envelope };
}

const confirmed = (orderId: string, customerId = 'c1') =>
  message({ orderId, customerId, kind: 'order-confirmed', total: { amount: 1205, currency: 'EUR' } });
const cancelled = (orderId: string, customerId = 'c1') => message({ orderId, customerId, kind: 'order-cancelled', reason: 'stock-rejected' });

async function settled(): Promise<void> {
  await clock.until(async () => (await tasks.depths()).every(({ ready, unsettled, retrying }) => ready + unsettled + retrying === 0));
}

async function ask(query = '', caller = 'operator:olga') {
  const answer = await handler({ method: 'GET', path: `/notifications${query}`, headers: { 'x-caller': caller }, body: Buffer.from('') });
  return { status: answer.status, body: JSON.parse(answer.body.toString()) as { items: { orderId: string; kind: string; subject: string }[]; nextCursor?: string; code?: string } };
}

test('a customer is told once per order and kind, however often it is asked, by however many replicas', async () => {
  const all = [confirmed('o1'), cancelled('o2'), confirmed('o3', 'c2')];
  await tasks.publish([...all, ...all]);
  await settled();
  await tasks.publish([confirmed('o1'), message({ orderId: 'o1', customerId: 'c1', kind: 'order-confirmed' }, 'another id')]);
  await settled();
  const { status, body } = await ask();
  expect(status).toBe(200);
  expect(body.items.map(({ orderId, kind }) => [orderId, kind]).sort()).toEqual([['o1', 'order-confirmed'], ['o2', 'order-cancelled'], ['o3', 'order-confirmed']]);
  expect(body.items.find(({ orderId }) => orderId === 'o1')).toMatchObject({
    subject: 'Your order o1 is confirmed', text: expect.stringContaining('EUR 12.05'), at: expect.stringMatching(/^2026-01-01T/),
  });
});

test('customers see their own notifications only', async () => {
  await tasks.publish([confirmed('o1'), confirmed('o2', 'c2'), cancelled('o3')]);
  await settled();
  expect((await ask('', 'customer:c2')).body.items.map(({ orderId }) => orderId)).toEqual(['o2']);
  expect((await ask('?customerId=c1')).body.items.map(({ orderId }) => orderId).sort()).toEqual(['o1', 'o3']);
  expect(await ask('?customerId=c1', 'customer:c2')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

test('pages follow one another by cursor, and only by one of ours', async () => {
  await tasks.publish([confirmed('o1'), confirmed('o2'), confirmed('o3')]);
  await settled();
  const first = (await ask('?limit=2')).body;
  const second = (await ask(`?limit=2&cursor=${first.nextCursor ?? ''}`)).body;
  expect([first, second].flatMap(({ items }) => items.map(({ orderId }) => orderId))).toEqual(['o3', 'o2', 'o1']);
  expect(second.nextCursor).toBeUndefined();
  for (const cursor of ['', 'x', `${first.nextCursor ?? ''}A`, Buffer.from('n1.1.order-lost.o1').toString('base64url')])
    expect(await ask(`?cursor=${cursor}`)).toMatchObject({ status: 422, body: { code: 'cursor-invalid' } });
  expect(await ask('?limit=0')).toMatchObject({ status: 422, body: { code: 'request-invalid' } });
});

test('a message that no schema knows goes to the dead letters, and the others go on', async () => {
  const broken = confirmed('o1');
  await tasks.publish([{ ...broken, envelope: { ...broken.envelope, data: { orderId: 'o1' } } }, confirmed('o2')]);
  await settled();
  expect(await tasks.deadLetters(notificationsQueue, 10)).toMatchObject([{ reason: expect.stringContaining('message-invalid') }]);
  expect((await ask()).body.items.map(({ orderId }) => orderId)).toEqual(['o2']);
});
