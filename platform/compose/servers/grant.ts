import { AclOperations, AclPermissionTypes, Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import type { Acl } from './kafka.ts';

const OPERATIONS: Record<Acl['operations'][number], (typeof AclOperations)[keyof typeof AclOperations]> = {
  read: AclOperations.READ, write: AclOperations.WRITE, describe: AclOperations.DESCRIBE, 'describe-configs': AclOperations.DESCRIBE_CONFIGS,
  delete: AclOperations.DELETE,
};
const RESOURCES = { topic: ResourceTypes.TOPIC, group: ResourceTypes.GROUP };

export interface Administrator { brokers: string[]; ca: string; username: string; password: string }

/** Writes access lists; those that are there already stay as they are. */
export async function grant({ brokers, ca, username, password }: Administrator, acls: Acl[]): Promise<void> {
  const admin = new Admin({
    clientId: 'set-up', bootstrapBrokers: brokers, tls: { ca: [ca] }, tlsServerName: 'localhost', sasl: { mechanism: 'PLAIN', username, password },
    retries: 10, retryDelay: 500,
  });
  const creations = acls.flatMap(({ user, resource, name, prefix, operations }) => operations.map((operation) => ({
    resourceType: RESOURCES[resource], resourceName: name, resourcePatternType: prefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    principal: `User:${user}`, host: '*', operation: OPERATIONS[operation], permissionType: AclPermissionTypes.ALLOW,
  })));
  try {
    await admin.createAcls({ creations });
  } finally {
    await admin.close();
  }
}
