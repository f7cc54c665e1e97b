import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { alterUserScramCredentialsV0, Connection } from '@platformatic/kafka';
import kafkajs from 'kafkajs';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { startKafka, withUsers, type KafkaServer } from '../../../test/brokers/containers.ts';
import { everything, message, messages, number, until } from '../contract/harness.ts';
import type { Log } from '../port.ts';
import { openKafkaLog, type KafkaLogOptions } from './log.ts';

type Sasl = NonNullable<KafkaLogOptions['sasl']>;
const ADMIN: Sasl = { mechanism: 'plain', username: 'admin', password: 'admin-secret' };
const ALICE: Sasl = { mechanism: 'plain', username: 'alice', password: 'alice-secret' };
const SCRAM_ALICE: Sasl = { ...ALICE, mechanism: 'scram-sha-512', username: 'scram-alice' };

let server: KafkaServer | undefined;
const logs: Log[] = [];

/** Users of their own kind, what users may do, and sizes: by the clients' own means, as an operator would. */
async function asOperator<Result>(work: (admin: kafkajs.Admin) => Promise<Result>): Promise<Result> {
  const { username, password } = ADMIN;
  const admin = new kafkajs.Kafka({ brokers: server?.brokers ?? [], sasl: { mechanism: 'plain', username, password }, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function addScramUser({ username, password }: Sasl): Promise<void> {
  const [salt, iterations, SHA_512] = [randomBytes(16), 4_096, 2];
  const [host = '', port = ''] = (server?.brokers[0] ?? '').split(':');
  const connection = new Connection('operator', { sasl: { mechanism: 'PLAIN', username: ADMIN.username, password: ADMIN.password } });
  await connection.connect(host, Number(port));
  const saltedPassword = pbkdf2Sync(password, salt, iterations, 64, 'sha512');
  await alterUserScramCredentialsV0.api.async(connection, [], [{ name: username, mechanism: SHA_512, iterations, salt, saltedPassword }]);
  await connection.close();
}

function allow(username: string): kafkajs.AclEntry[] {
  const { AclOperationTypes: { READ, WRITE, DESCRIBE }, AclResourceTypes: { TOPIC, GROUP } } = kafkajs;
  const wanted = [
    ...[READ, WRITE, DESCRIBE].map((operation) => ({ operation, resourceType: TOPIC, resourceName: 'open' })),
    ...[READ, DESCRIBE].map((operation) => ({ operation, resourceType: TOPIC, resourceName: 'readonly' })),
    ...[READ, DESCRIBE].map((operation) => ({ operation, resourceType: GROUP, resourceName: 'open' })),
  ];
  return wanted.map((each) => ({
    ...each, principal: `User:${username}`, host: '*', permissionType: kafkajs.AclPermissionTypes.ALLOW, resourcePatternType: kafkajs.ResourcePatternTypes.PREFIXED,
  }));
}

beforeAll(async () => {
  server = await startKafka({
    ...withUsers({ admin: ADMIN.password, alice: ALICE.password }), 'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.plaintext.scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  });
  await addScramUser(SCRAM_ALICE);
  await asOperator((admin) => admin.createAcls({ acl: [...allow(ALICE.username), ...allow(SCRAM_ALICE.username)] }));
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
      await asOperator((operator) => operator.alterConfigs({
        validateOnly: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries: [{ name: 'max.message.bytes', value: '20000' }] }],
      }));
      const sent = Array.from({ length: 10 }, (_, n) => message('key', n, { n, pad: 'x'.repeat(5_000) }));
      const [first, large, second] = await Promise.allSettled([
        admin.publish(name, sent.slice(0, 5)), admin.publish(name, [message('key', 99, { n: 99, pad: 'x'.repeat(30_000) })]), admin.publish(name, sent.slice(5)),
      ]);
      expect(large).toMatchObject({ status: 'rejected', reason: { code: 'message-too-large', canRetry: false } });
      expect([first.status, second.status]).toEqual(['fulfilled', 'fulfilled']);
      expect((await everything(admin, name)).map(number)).toEqual([...Array(10).keys()]);
    });
  });
