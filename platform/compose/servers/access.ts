import type { BrokerAccess, Reach } from '@tradewind/embedded/folder.ts';
import type { Servers } from '../fleet/environment.ts';
import { databaseNames, type DatabaseName } from '../services.ts';
import { roleOf, type User } from './accounts.ts';
import type { ServerPorts } from './docker.ts';
import type { Generated } from './generate.ts';
import { VHOST } from './rabbitmq.ts';

const HOST = '127.0.0.1';

/** How users get at the servers. */
export interface Access {
  database(name: DatabaseName, user: User): string;
  brokers(user: User): BrokerAccess;
}

export function accessOf({ passwords, caFile }: Generated, ports: ServerPorts): Access {
  const tls = `sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}`;
  return {
    database: (name, user) => `postgres://${roleOf(user)}:${passwords('postgres', user)}@${HOST}:${ports.postgres}/${name}?${tls}`,
    brokers: (user) => ({
      caFile,
      kafka: { brokers: [`${HOST}:${ports.kafka}`], username: user, password: passwords('kafka', user) },
      rabbitmq: {
        url: `amqps://${user}:${passwords('rabbitmq', user)}@${HOST}:${ports.rabbitmq}/${VHOST}`, management: `https://${HOST}:${ports.management}`,
      },
    }),
  };
}

/** For whoever watches: databases by the user that only reads. */
export function reachOf({ database, brokers }: Access): Reach {
  return {
    topology: 'compose', databases: Object.fromEntries(databaseNames.map((name) => [name, database(name, 'ledger')])),
    operator: brokers('operator'), ledger: brokers('ledger'),
  };
}

/** For the services, each by its own users. */
export function serversOf({ database, brokers }: Access, { caFile }: Generated, kafkaClient: string): Servers {
  return {
    type: 'servers', caFile, database,
    kafka: { brokers: brokers('admin').kafka.brokers, client: kafkaClient, password: (service) => brokers(service).kafka.password },
    rabbitmq: (service) => brokers(service).rabbitmq.url,
  };
}
