import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
import type { Log } from '@tradewind/log/port.ts';
import { until } from '@tradewind/log/contract/harness.ts';
import { startKafka, type KafkaServer } from '../../../test/brokers/containers.ts';
import { grant } from './grant.ts';
import type { Acl } from './kafka.ts';

const ADMIN = { username: 'admin', password: 'admin-secret' };
let server: KafkaServer;
const logs: Log[] = [];

beforeAll(async () => {
  server = await startKafka({
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN', 'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.plaintext.plain.sasl.jaas.config': 'org.apache.kafka.common.security.plain.PlainLoginModule required '
      + 'username="admin" password="admin-secret" user_admin="admin-secret" user_alice="alice-secret" user_bob="bob-secret";',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer', 'super.users': 'User:admin;User:ANONYMOUS',
  });
  const log = await open(ADMIN);
  await log.ensureTopics(['old', 'new', 'theirs'].map((name) => ({ name, partitions: 1 })));
});
afterAll(async () => {
  await Promise.all(logs.map((each) => each.close()));
  await server.remove();
});

async function open(login: typeof ADMIN): Promise<Log> {
  const log = await openKafkaLog({ brokers: server.brokers, clientId: 'grant', sasl: { mechanism: 'plain', ...login }, clock, random });
  logs.push(log);
  return log;
}

test('access lists become what they are said to be: what is no longer in them is taken away, from these users alone', async () => {
  const access = { brokers: server.brokers, ...ADMIN };
  const may = (user: string, name: string): Acl => ({ user, resource: 'topic', name, operations: ['read', 'describe', 'describe-configs'] });
  const [alice, bob] = [await open({ username: 'alice', password: 'alice-secret' }), await open({ username: 'bob', password: 'bob-secret' })];
  const reads = async (log: Log, topic: string) => log.read(topic, 0, 0, 1).then(() => 'reads', (error: { code: string }) => error.code);

  await grant(access, [may('alice', 'old'), { ...may('alice', 'ol'), prefix: true }, may('bob', 'theirs')]);
  await until('the lists apply', async () => await reads(alice, 'old') === 'reads' && await reads(bob, 'theirs') === 'reads', 30_000);
  expect(await reads(alice, 'new')).toBe('log-forbidden');

  await grant(access, [may('alice', 'new')]);
  await until('the new list applies', async () => await reads(alice, 'new') === 'reads' && await reads(alice, 'old') === 'log-forbidden', 30_000);
  expect(await reads(bob, 'theirs')).toBe('reads');

  await grant(access, [may('alice', 'new')]);
  expect(await reads(alice, 'new')).toBe('reads');
});
