import { serviceNames, type ServiceName } from '@tradewind/embedded/service-names.ts';
import { reaches } from '../services.ts';
import { userNames, type Passwords } from './accounts.ts';

/** What one user may do with topics or groups whose names are, or begin with, this. */
export interface Acl {
  user: string;
  resource: 'topic' | 'group';
  name: string;
  /** Default: the name is the whole name. */
  prefix?: true;
  operations: ('read' | 'write' | 'describe' | 'describe-configs' | 'delete')[];
}

/** Logs in the broker to itself. It and `admin` are above all lists. */
const BROKER = 'broker';
export const superUsers = [BROKER, 'admin'];

/** Settings of the broker that hold passwords, as an environment file for its container. */
export function kafkaEnvironment(passwords: Passwords): string {
  const users = userNames.map((user) => `user_${user}="${passwords('kafka', user)}"`).join(' ');
  const secret = passwords('kafka', 'admin');
  const itself = `username="${BROKER}" password="${secret}" user_${BROKER}="${secret}"`;
  return [
    `KAFKA_LISTENER_NAME_CLIENTS_PLAIN_SASL_JAAS_CONFIG=${login(users)}`,
    `KAFKA_LISTENER_NAME_INTERNAL_PLAIN_SASL_JAAS_CONFIG=${login(itself)}`,
    `KAFKA_LISTENER_NAME_CONTROLLER_PLAIN_SASL_JAAS_CONFIG=${login(itself)}`,
    '',
  ].join('\n');
}

function login(options: string): string {
  return `org.apache.kafka.common.security.plain.PlainLoginModule required ${options};`;
}

/** Who may do what; everything else is refused. */
export const acls: Acl[] = [
  ...serviceNames.flatMap(aclsOf),
  { user: 'operator', resource: 'topic', name: 'tradewind.', prefix: true, operations: ['read', 'describe', 'describe-configs'] },
  { user: 'operator', resource: 'group', name: '*', operations: ['read', 'describe', 'delete'] },
  { user: 'ledger', resource: 'topic', name: 'tradewind.', prefix: true, operations: ['read', 'describe'] },
  { user: 'ledger', resource: 'group', name: '*', operations: ['describe'] },
];

function aclsOf(service: ServiceName): Acl[] {
  const { log } = reaches[service];
  if (!log) return [];
  return [
    ...log.writes.map((name): Acl => ({ user: service, resource: 'topic', name, operations: ['write', 'describe', 'describe-configs'] })),
    ...log.reads.map((name): Acl => ({ user: service, resource: 'topic', name, operations: ['read', 'describe', 'describe-configs'] })),
    ...log.groups.map((name): Acl => ({ user: service, resource: 'group', name, prefix: true, operations: ['read', 'describe'] })),
  ];
}
