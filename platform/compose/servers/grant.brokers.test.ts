import { afterAll, beforeAll, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { startKafka, type KafkaServer } from '../../../test/brokers/containers.ts';
import { grant } from './grant.ts';
import type { Acl } from './kafka.ts';

const ADMIN = { username: 'admin', password: 'admin-secret' };
const { ALLOW, DENY } = kafkajs.AclPermissionTypes;
const ANY = { resourceType: kafkajs.AclResourceTypes.ANY, resourcePatternType: kafkajs.ResourcePatternTypes.ANY, operation: kafkajs.AclOperationTypes.ANY, permissionType: kafkajs.AclPermissionTypes.ANY };
let server: KafkaServer;
let operator: kafkajs.Admin;

beforeAll(async () => {
  server = await startKafka({
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN', 'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.plaintext.plain.sasl.jaas.config': 'org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="admin-secret" user_admin="admin-secret";',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer', 'super.users': 'User:admin;User:ANONYMOUS',
  });
  operator = new kafkajs.Kafka({ brokers: server.brokers, sasl: { mechanism: 'plain', ...ADMIN }, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await operator.connect();
});
afterAll(async () => {
  await operator.disconnect();
  await server.remove();
});

/** Each entry that the broker has: who, what, and by whose word. */
async function lists(): Promise<string[]> {
  const { resources } = await operator.describeAcls(ANY);
  return resources.flatMap(({ resourceName, resourcePatternType, acls }) => acls.map(({ principal, host, operation, permissionType }) => [
    principal, permissionType === DENY ? 'denied' : 'allowed', operationOf(operation), `${resourceName}${resourcePatternType === kafkajs.ResourcePatternTypes.PREFIXED ? '…' : ''}`, host,
  ].join(' '))).sort();
}

function operationOf(code: number): string {
  return Object.entries(kafkajs.AclOperationTypes).find(([, each]) => each === code)?.[0] ?? String(code);
}

/** Until what was written is seen everywhere. */
async function untilListed(expected: string[]): Promise<void> {
  for (const end = Date.now() + 20_000; JSON.stringify(await lists()) !== JSON.stringify(expected.sort()) && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await lists()).toEqual(expected.sort());
}

test("users' lists become what they are said to be, and what others are allowed or somebody is denied stays", async () => {
  const users = ['alice', 'bob', 'carol'];
  const set = (...acls: Acl[]) => grant({ brokers: server.brokers, ...ADMIN }, acls, users);
  const entry = { resourceType: kafkajs.AclResourceTypes.TOPIC, resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL, resourceName: 't', operation: kafkajs.AclOperationTypes.READ };
  await operator.createAcls({ acl: [
    { ...entry, principal: 'User:bob', host: '*', permissionType: DENY }, { ...entry, principal: 'User:mallory', host: '*', permissionType: ALLOW },
    { ...entry, principal: 'User:bob', host: '10.0.0.1', permissionType: ALLOW },
  ] });
  const kept = ['User:bob denied READ t *', 'User:mallory allowed READ t *'];

  await set(
    { user: 'alice', resource: 'topic', name: 't', operations: ['read', 'describe'] }, { user: 'bob', resource: 'group', name: 'g', prefix: true, operations: ['read'] },
    { user: 'carol', resource: 'topic', name: 't', prefix: true, operations: ['write'] },
  );
  await untilListed([...kept, 'User:alice allowed READ t *', 'User:alice allowed DESCRIBE t *', 'User:bob allowed READ g… *', 'User:carol allowed WRITE t… *']);

  await set({ user: 'alice', resource: 'topic', name: 't', operations: ['describe'] }, { user: 'carol', resource: 'topic', name: 't', operations: ['write'] });
  await untilListed([...kept, 'User:alice allowed DESCRIBE t *', 'User:carol allowed WRITE t *']);

  await set({ user: 'alice', resource: 'topic', name: 't', operations: ['describe'] });
  await untilListed([...kept, 'User:alice allowed DESCRIBE t *']);
});
