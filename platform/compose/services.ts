import type { ServiceName } from '@tradewind/embedded/service-names.ts';
import { topics } from '@tradewind/events/topology.ts';

export const databaseNames = ['orders', 'customers', 'inventory', 'payments', 'provider', 'notifications', 'order_history'] as const;
export type DatabaseName = (typeof databaseNames)[number];

/** What a service may reach. */
export interface Reaches {
  /** Its databases, by the environment variable that names each. */
  databases: Record<string, DatabaseName>;
  /** Topics of the log; consumer groups by the beginning of their names. */
  log?: { writes: string[]; reads: string[]; groups: string[] };
  /** Queues are its own by the beginning of their names. `publishes`: exchanges it writes to. */
  tasks?: { queues: string; publishes: string[]; binds: string[] };
  /** Services that it asks over HTTP. */
  asks: ServiceName[];
}

const every = Object.values(topics);

/** Who may reach what: users, their permissions and each process's settings are made of this. */
export const reaches: Record<ServiceName, Reaches> = {
  customers: participant('customers'),
  inventory: { ...participant('inventory'), tasks: { queues: 'inventory.', binds: ['commands'], publishes: ['broadcast'] } },
  payments: { ...participant('payments'), databases: { DATABASE_URL: 'payments', PROVIDER_DATABASE_URL: 'provider' } },
  notifications: { databases: { DATABASE_URL: 'notifications' }, tasks: { queues: 'notifications.', binds: ['notifications'], publishes: [] }, asks: [] },
  'order-history': { databases: { DATABASE_URL: 'order_history' }, log: { writes: [], reads: every, groups: ['order-history'] }, asks: [] },
  orders: {
    databases: { DATABASE_URL: 'orders' }, log: { writes: [topics.orders], reads: every, groups: ['orders.'] },
    tasks: { queues: 'orders.', binds: ['broadcast'], publishes: ['commands', 'notifications'] }, asks: ['inventory'],
  },
  gateway: { databases: {}, asks: ['orders', 'customers', 'inventory', 'payments', 'notifications', 'order-history'] },
};

/** Takes commands from its own queues, and tells its facts on its own topic. */
function participant(name: 'customers' | 'inventory' | 'payments'): Reaches {
  return {
    databases: { DATABASE_URL: name }, log: { writes: [topics[name]], reads: [], groups: [] },
    tasks: { queues: `${name}.`, binds: ['commands'], publishes: [] }, asks: [],
  };
}
