import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { startAmqpPeer, type AmqpPeer } from '../../../test/brokers/amqp-peer.ts';
import { until } from '../../../test/until.ts';
import { done } from '../contract/harness.ts';
import type { Tasks } from '../port.ts';
import { openRabbitTasks } from './tasks.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });

async function opened(): Promise<{ server: AmqpPeer; tasks: Tasks; times(method: AmqpPeer['heard'][number]): number }> {
  const server = await startAmqpPeer();
  ends.push(() => server.close());
  const tasks = await openRabbitTasks({ url: server.url, name: 'test', clock: systemClock, random: systemRandom, heartbeatS: 1, patienceMs: 500 });
  ends.push(() => tasks.close());
  return { server, tasks, times: (method) => server.heard.filter((each) => each === method).length };
}

test('a consumer that comes back and is not answered tries by another channel', async () => {
  const { server, tasks, times } = await opened();
  await tasks.consume('q', { prefetch: 1 }, async () => done);
  server.moods.set('basic.consume', 'silent');
  server.cut();
  await until('it asks again, and both connections are back', () => times('basic.consume') === 2 && times('channel.close') === 4, { withinMs: 5_000 });
  server.moods.delete('basic.consume');
  await until('and once more', () => times('basic.consume') === 3, { withinMs: 5_000 });
  expect(times('channel.close')).toBe(5);
});

test.each([['basic.get', 'silent', 'tasks-unavailable'], ['channel.close', 'silent', 'all that there is'], ['channel.close', 'cut', 'tasks-unavailable']] as const)(
  'a look at dead letters that is not answered (%s: %s) ends with %s, and does not hold up the next', async (method, mood, outcome) => {
    const { server, tasks } = await opened();
    server.moods.set(method, mood);
    const looked = await tasks.deadLetters('q', 1).then((letters) => (letters.length === 0 ? 'all that there is' : 'more'), (error: { code: string }) => error.code);
    expect(looked).toBe(outcome);
    server.moods.delete(method);
    await until('they can be seen', async () => tasks.deadLetters('q', 1).then((letters) => letters.length === 0, () => false), { withinMs: 5_000 });
  });
