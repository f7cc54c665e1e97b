import { AclOperations, AclPermissionTypes, Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import type { Acl } from './kafka.ts';

const OPERATIONS: Record<Acl['operations'][number], (typeof AclOperations)[keyof typeof AclOperations]> = {
  read: AclOperations.READ, write: AclOperations.WRITE, describe: AclOperations.DESCRIBE, 'describe-configs': AclOperations.DESCRIBE_CONFIGS,
  delete: AclOperations.DELETE,
};
const RESOURCES = { topic: ResourceTypes.TOPIC, group: ResourceTypes.GROUP };
const EVERYONE = '*';

export interface Administrator { brokers: string[]; /** Default: no TLS. */ ca?: string; username: string; password: string }

/** One line of an access list, in Kafka's own words. */
type Entry = Parameters<Admin['createAcls']>[0]['creations'][number];

/** Writes access lists; whatever else these users were once allowed is taken from them. What they are denied stays so. */
export async function grant({ brokers, ca, username, password }: Administrator, acls: Acl[], users: string[]): Promise<void> {
  const admin = new Admin({
    clientId: 'set-up', bootstrapBrokers: brokers, sasl: { mechanism: 'PLAIN', username, password },
    ...(ca !== undefined && { tls: { ca: [ca] }, tlsServerName: 'localhost' }), retries: 10, retryDelay: 500,
  });
  const creations = acls.flatMap(entriesOf);
  try {
    await admin.createAcls({ creations });
    const wanted = new Set(creations.map(textOf));
    const filters = (await allowed(admin, users)).filter((entry) => !wanted.has(textOf(entry)));
    if (filters.length > 0) await admin.deleteAcls({ filters });
  } finally {
    await admin.close();
  }
}

function entriesOf({ user, resource, name, prefix, operations }: Acl): Entry[] {
  return operations.map((operation) => ({
    resourceType: RESOURCES[resource], resourceName: name, resourcePatternType: prefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    principal: `User:${user}`, host: EVERYONE, operation: OPERATIONS[operation], permissionType: AclPermissionTypes.ALLOW,
  }));
}

/** What these users may do now. */
async function allowed(admin: Admin, users: string[]): Promise<Entry[]> {
  const any = {
    resourceType: ResourceTypes.ANY, resourceName: null, resourcePatternType: ResourcePatternTypes.ANY,
    principal: null, host: null, operation: AclOperations.ANY, permissionType: AclPermissionTypes.ALLOW,
  };
  const found = await admin.describeAcls({ filter: any });
  return found.flatMap(({ acls, ...target }) => acls.map((acl) => ({ ...target, ...acl }))).filter(({ principal }) => users.some((user) => principal === `User:${user}`));
}

function textOf({ resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType }: Entry): string {
  return JSON.stringify([resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType]);
}
