import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { startAmqpPeer, type AmqpPeer } from '../../../test/brokers/amqp-peer.ts';
import { until } from '../../../test/until.ts';
import { Connection } from './connection.ts';
import { serverOf } from './server.ts';

const PATIENCE_MS = 500;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });

async function peer(): Promise<AmqpPeer> {
  const started = await startAmqpPeer();
  ends.push(() => started.close());
  return started;
}

function connectionTo({ url }: AmqpPeer): Connection {
  const connection = new Connection({ server: serverOf(url, undefined), name: 'test', clock: systemClock, random: systemRandom, heartbeatS: 1, patienceMs: PATIENCE_MS });
  ends.push(() => connection.close());
  return connection;
}

const times = ({ heard }: AmqpPeer, method: AmqpPeer['heard'][number]): number => heard.filter((each) => each === method).length;

test('a connection that is lost again just as it is opened is opened once more', async () => {
  const server = await peer();
  const connection = connectionTo(server);
  await connection.open();
  server.moods.set('channel.close', 'cut');
  server.cut();
  await until('it was lost amid that', () => times(server, 'channel.close') > 2, { withinMs: 5_000 });
  server.moods.delete('channel.close');
  await until('it is there', () => connection.isOpen, { withinMs: 5_000 });
});

test('a connection whose server says nothing more once it is open is refused, and left', async () => {
  const server = await peer();
  server.moods.set('channel.open', 'silent');
  await expect(connectionTo(server).open()).rejects.toMatchObject({ code: 'tasks-unavailable', message: expect.stringContaining(`${PATIENCE_MS} ms`) });
  await until('it is left', () => times(server, 'connection.close') === 1, { withinMs: 5_000 });
});

test('a channel that is not opened in time is refused, and closed when it comes after all', async () => {
  const server = await peer();
  const connection = connectionTo(server);
  await connection.open();
  const before = times(server, 'channel.close');
  server.moods.set('channel.open', 'silent');
  await expect(connection.channel()).rejects.toMatchObject({ code: 'tasks-unavailable', canRetry: true });
  expect(connection.isOpen).toBe(true);
  server.catchUp();
  await until('it is closed', () => times(server, 'channel.close') === before + 1, { withinMs: 5_000 });
  server.moods.delete('channel.open');
  await connection.channel();
});
