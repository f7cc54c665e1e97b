import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { startKafka, type KafkaServer } from '../../../test/brokers/containers.ts';
import { everything, message, messages, number, until } from '../contract/harness.ts';
import type { Log } from '../port.ts';
import { openKafkaLog, type KafkaLogOptions } from './log.ts';

type Sasl = NonNullable<KafkaLogOptions['sasl']>;
const ADMIN: Sasl = { mechanism: 'plain', username: 'admin', password: 'admin-secret' };
const ALICE: Sasl = { mechanism: 'plain', username: 'alice', password: 'alice-secret' };
const SCRAM_ALICE: Sasl = { ...ALICE, mechanism: 'scram-sha-512', username: 'scram-alice' };

let server: KafkaServer | undefined;
const logs: Log[] = [];

/** Users and what they may do; `topic` is created by the tests. */
const SETUP = `
  printf 'security.protocol=SASL_PLAINTEXT\\nsasl.mechanism=PLAIN\\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="admin-secret";\\n' > /tmp/admin.properties
  cd /opt/kafka/bin
  admin="--bootstrap-server localhost:9092 --command-config /tmp/admin.properties"
  ./kafka-configs.sh $admin --alter --entity-type users --entity-name scram-alice --add-config 'SCRAM-SHA-512=[password=alice-secret]'
  for user in alice scram-alice; do
    ./kafka-acls.sh $admin --add --allow-principal User:$user --operation Read --operation Write --operation Describe --topic open --resource-pattern-type prefixed
    ./kafka-acls.sh $admin --add --allow-principal User:$user --operation Read --operation Describe --topic readonly --group open --resource-pattern-type prefixed
  done`;

beforeAll(async () => {
  server = await startKafka({
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512', 'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.plaintext.plain.sasl.jaas.config': 'org.apache.kafka.common.security.plain.PlainLoginModule required '
      + 'username="admin" password="admin-secret" user_admin="admin-secret" user_alice="alice-secret";',
    'listener.name.plaintext.scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer', 'super.users': 'User:admin;User:ANONYMOUS',
  });
  await server.exec('sh', '-ec', SETUP);
});
afterAll(async () => {
  await Promise.all(logs.map((each) => each.close()));
  await server?.remove();
});

async function open(client: 'kafkajs' | 'platformatic', sasl: Sasl): Promise<Log> {
  const log = await openKafkaLog({ brokers: server?.brokers ?? [], client, clientId: 'refused', sasl, clock: systemClock, random: systemRandom });
  logs.push(log);
  return log;
}

for (const client of ['kafkajs', 'platformatic'] as const)
  describe(`what the broker refuses, through ${client}`, () => {
    const forbidden = { code: 'log-forbidden', canRetry: false };
    const named = (what: string) => `${what}-${client}`;

    test('wrong credentials are told at once', async () => {
      const refused = { code: 'log-credentials-refused', canRetry: false };
      await expect(open(client, { ...ALICE, password: 'guessed' })).rejects.toMatchObject(refused);
      await expect(open(client, { ...SCRAM_ALICE, password: 'guessed' })).rejects.toMatchObject(refused);
    });

    test('a topic or group that this user may not use is forbidden, and the others flow', async () => {
      const admin = await open(client, ADMIN);
      await admin.ensureTopics(['open', 'readonly', 'closed'].map((name) => ({ name: named(name), partitions: 2 })));
      const alice = await open(client, SCRAM_ALICE);
      const [before, readonly, closed, after] = await Promise.allSettled([
        alice.publish(named('open'), messages(10)), alice.publish(named('readonly'), messages(10)),
        alice.publish(named('closed'), messages(10)), alice.publish(named('open'), messages(10, { first: 10 })),
      ]);
      expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
      expect([readonly, closed]).toMatchObject([{ reason: forbidden }, { reason: forbidden }]);
      const ignore = async () => undefined;
      await expect(alice.subscribe({ group: named('open'), topics: [named('closed')] }, ignore)).rejects.toMatchObject(forbidden);
      await expect(alice.subscribe({ group: named('closed'), topics: [named('open')] }, ignore)).rejects.toMatchObject(forbidden);
      await expect(alice.seek(named('closed'), named('open'), 'beginning')).rejects.toMatchObject(forbidden);
      await expect(alice.lag(named('closed'))).rejects.toMatchObject(forbidden);
      await expect(alice.read(named('closed'), 0, 0, 10)).rejects.toMatchObject(forbidden);
      await expect(alice.ensureTopics([{ name: named('another'), partitions: 1 }])).rejects.toMatchObject(forbidden);
      const seen: number[] = [];
      const member = await alice.subscribe({ group: named('open'), topics: [named('open')] }, async (batch) => { seen.push(...batch.map(number)); });
      await until('20 came', () => seen.length >= 20);
      await member.stop();
    });

    test('a user that may not see the settings of a topic uses it all the same', async () => {
      const alice = await open(client, ALICE);
      await alice.ensureTopics([{ name: named('open'), partitions: 2, retentionMs: 3_600_000 }]);
      await alice.publish(named('open'), messages(1));
    });

    test('a message larger than its topic takes is refused alone; a batch that is larger goes in parts', async () => {
      const admin = await open(client, ADMIN);
      const name = named('small');
      await admin.ensureTopics([{ name, partitions: 1 }]);
      await server?.exec('/opt/kafka/bin/kafka-configs.sh', '--bootstrap-server', 'localhost:9092', '--command-config', '/tmp/admin.properties',
        '--alter', '--entity-type', 'topics', '--entity-name', name, '--add-config', 'max.message.bytes=20000');
      const sent = Array.from({ length: 10 }, (_, n) => message('key', n, { n, pad: 'x'.repeat(5_000) }));
      const [first, large, second] = await Promise.allSettled([
        admin.publish(name, sent.slice(0, 5)), admin.publish(name, [message('key', 99, { n: 99, pad: 'x'.repeat(30_000) })]), admin.publish(name, sent.slice(5)),
      ]);
      expect(large).toMatchObject({ status: 'rejected', reason: { code: 'message-too-large', canRetry: false } });
      expect([first.status, second.status]).toEqual(['fulfilled', 'fulfilled']);
      expect((await everything(admin, name)).map(number)).toEqual([...Array(10).keys()]);
    });
  });
