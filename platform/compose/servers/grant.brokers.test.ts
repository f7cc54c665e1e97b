import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AclOperations, AclPermissionTypes, Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import { isDeepStrictEqual } from 'node:util';
import { startKafka, withUsers, type KafkaServer } from '../../../test/brokers/containers.ts';
import { until } from '../../../test/until.ts';
import { grant } from './grant.ts';
import type { Acl } from './kafka.ts';

const ADMIN = { username: 'admin', password: 'admin-secret' };
const { ALLOW, DENY } = AclPermissionTypes;
const ANY = {
  resourceType: ResourceTypes.ANY, resourceName: null, resourcePatternType: ResourcePatternTypes.ANY, principal: null, host: null,
  operation: AclOperations.ANY, permissionType: AclPermissionTypes.ANY,
};
let server: KafkaServer;
let operator: Admin;

beforeAll(async () => {
  server = await startKafka(withUsers({ admin: ADMIN.password }));
  operator = new Admin({ clientId: 'operator', bootstrapBrokers: server.brokers, sasl: { mechanism: 'PLAIN', ...ADMIN } });
});
afterAll(async () => {
  await operator.close();
  await server.remove();
});

/** Each entry that the broker has: who, what, and by whose word. */
async function lists(): Promise<string[]> {
  const resources = await operator.describeAcls({ filter: ANY });
  return resources.flatMap(({ resourceName, resourcePatternType, acls }) => acls.map(({ principal, host, operation, permissionType }) => [
    principal, permissionType === DENY ? 'denied' : 'allowed', operationOf(operation), `${resourceName}${resourcePatternType === ResourcePatternTypes.PREFIXED ? '…' : ''}`, host,
  ].join(' '))).sort();
}

function operationOf(code: number): string {
  return Object.entries(AclOperations).find(([, each]) => each === code)?.[0] ?? String(code);
}

/** What was written is not seen everywhere at once. */
async function expectLists(expected: string[]): Promise<void> {
  let found: string[] = [];
  await until('the lists are so', async () => isDeepStrictEqual(found = await lists(), expected.sort()), { withinMs: 20_000 }).catch(() => undefined);
  expect(found).toEqual(expected);
}

test("users' lists become what they are said to be, and what others are allowed or somebody is denied stays", async () => {
  const users = ['alice', 'bob', 'carol'];
  const set = (...acls: Acl[]) => grant({ brokers: server.brokers, ...ADMIN }, acls, users);
  const entry = { resourceType: ResourceTypes.TOPIC, resourcePatternType: ResourcePatternTypes.LITERAL, resourceName: 't', operation: AclOperations.READ };
  await operator.createAcls({ creations: [
    { ...entry, principal: 'User:bob', host: '*', permissionType: DENY }, { ...entry, principal: 'User:mallory', host: '*', permissionType: ALLOW },
    { ...entry, principal: 'User:bob', host: '10.0.0.1', permissionType: ALLOW },
  ] });
  const kept = ['User:bob denied READ t *', 'User:mallory allowed READ t *'];

  await set(
    { user: 'alice', resource: 'topic', name: 't', operations: ['read', 'describe'] }, { user: 'bob', resource: 'group', name: 'g', prefix: true, operations: ['read'] },
    { user: 'carol', resource: 'topic', name: 't', prefix: true, operations: ['write'] },
  );
  await expectLists([...kept, 'User:alice allowed READ t *', 'User:alice allowed DESCRIBE t *', 'User:bob allowed READ g… *', 'User:carol allowed WRITE t… *']);

  await set({ user: 'alice', resource: 'topic', name: 't', operations: ['describe'] }, { user: 'carol', resource: 'topic', name: 't', operations: ['write'] });
  await expectLists([...kept, 'User:alice allowed DESCRIBE t *', 'User:carol allowed WRITE t *']);

  await set({ user: 'alice', resource: 'topic', name: 't', operations: ['describe'] });
  await expectLists([...kept, 'User:alice allowed DESCRIBE t *']);
});
