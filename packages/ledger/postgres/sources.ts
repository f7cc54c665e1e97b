import type { LedgerSources } from '../facts.ts';
import { postgresBook, postgresNotifications, postgresOrderHistory, postgresParked } from './read-models.ts';
import { postgresStore } from './store.ts';

/** Connection string of each database, by its name. */
export type LedgerDatabases = Record<'orders' | 'customers' | 'inventory' | 'payments' | 'provider' | 'order_history' | 'notifications', string>;

/** Reads the tables themselves, by connections that can write nothing; log and tasks through their ports. */
export function postgresSources(databases: LedgerDatabases, brokers: Pick<LedgerSources, 'log' | 'tasks'>): LedgerSources {
  return {
    ...brokers,
    stores: {
      orders: postgresStore(databases.orders), customers: postgresStore(databases.customers),
      inventory: postgresStore(databases.inventory), payments: postgresStore(databases.payments),
    },
    provider: postgresBook(databases.provider),
    orderHistory: postgresOrderHistory(databases.order_history),
    notifications: postgresNotifications(databases.notifications),
    parked: postgresParked([databases.orders, databases.order_history]),
  };
}
