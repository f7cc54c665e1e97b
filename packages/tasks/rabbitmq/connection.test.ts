import { afterEach, test } from '@jest/globals';
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
  server.moods['channel.close'] = 'cut';
  server.cut();
  await until('it was lost amid that', () => times(server, 'channel.close') > 2, { withinMs: 5_000 });
  delete server.moods['channel.close'];
  await until('it is there', () => connection.isOpen, { withinMs: 5_000 });
});
