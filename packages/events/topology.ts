import type { CommandName } from './commands/catalogue.ts';

/** The topics of the log: one a service that owns facts. */
export const topics = {
  orders: 'tradewind.orders',
  customers: 'tradewind.customers',
  inventory: 'tradewind.inventory',
  payments: 'tradewind.payments',
} as const;

/** Partitions of each topic: whoever declares one, writer or reader, says the same. */
export const PARTITIONS = 4;

/** Consumer groups of the log: of the sagas, and of order-history's read model. */
export const groups = { sagas: 'orders.saga', history: 'order-history' } as const;

export const exchanges = {
  commands: 'tradewind.commands',
  broadcast: 'tradewind.broadcast',
  notifications: 'tradewind.notifications',
} as const;

type Directed = Exclude<CommandName, 'NotifyCustomer' | 'CatalogueChanged'>;

/** The queue of each directed command; its routing key on `tradewind.commands` is the same. */
export const queueOf: Record<Directed, string> = {
  ReserveCredit: 'customers.reserve-credit',
  ReleaseCredit: 'customers.release-credit',
  UseCredit: 'customers.use-credit',
  ReserveStock: 'inventory.reserve-stock',
  ReleaseStock: 'inventory.release-stock',
  SellStock: 'inventory.sell-stock',
  TakePayment: 'payments.take-payment',
  RefundPayment: 'payments.refund-payment',
};

/** Notifications' own queue, bound to `order.confirmed.*` and `order.cancelled.*`. */
export const notificationsQueue = 'notifications.orders';
