import { acls, type Acl } from '@tradewind/compose/servers/kafka.ts';
import { ownerOf, roleOf, userNames } from '@tradewind/compose/servers/accounts.ts';
import { rabbitDefinitions } from '@tradewind/compose/servers/rabbitmq.ts';
import { databaseNames } from '@tradewind/compose/services.ts';
import { PARTITIONS, topics } from '@tradewind/events/topology.ts';
import { settingsOf } from '@tradewind/log/kafka/topics.ts';

/**
 * Who may do what on the servers, for charts/platform: the rights that docs/compose.md tells, in the words of Strimzi's
 * resources, of RabbitMQ's definitions and of PostgreSQL. It holds no password.
 */
export function access(): object {
  return {
    kafka: { topics: Object.values(topics), partitions: PARTITIONS, config: Object.fromEntries(settingsOf({})), users: kafkaUsers() },
    rabbitmq: rabbitRights(), postgres: owners(),
  };
}

/** A KafkaUser's `acls`, by user. */
function kafkaUsers(): Record<string, object[]> {
  const granted = userNames.map((user) => [user, acls.filter((each) => each.user === user).map(strimziAcl)] as const);
  return Object.fromEntries(granted.filter(([, rights]) => rights.length > 0));
}

function strimziAcl({ resource: type, name, prefix, operations }: Acl): object {
  return { resource: { type, name, patternType: prefix ? 'prefix' : 'literal' }, operations: operations.map(strimziOperation) };
}

function strimziOperation(operation: Acl['operations'][number]): string {
  return operation.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

interface Definitions { users: { name: string; tags: string[] }[]; permissions: object[]; topic_permissions: object[] }

function rabbitRights(): object {
  const { users, permissions, topic_permissions } = rabbitDefinitions(() => '') as Definitions;
  return { users: users.map(({ name, tags }) => ({ name, tags })), permissions, topic_permissions };
}

/** Each database's owner: the user, whose role is written with `_`. */
function owners(): object {
  return { databases: Object.fromEntries(databaseNames.map((name) => [name, roleOf(ownerOf(name))])), reader: 'ledger' };
}
