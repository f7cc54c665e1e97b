import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Handler } from '@tradewind/chassis/http/raw.ts';
import { handlerOf } from '@tradewind/chassis/http/handler.ts';
import type { Http } from '@tradewind/chassis/http/client.ts';
import type { Tokens } from '@tradewind/chassis/auth/tokens.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Service, World } from '@tradewind/chassis/service.ts';
import { customers } from '@tradewind/customers/service.ts';
import { gateway } from '@tradewind/gateway/service.ts';
import { inventory } from '@tradewind/inventory/service.ts';
import type { NotificationModel } from '@tradewind/notifications/model/port.ts';
import { notifications } from '@tradewind/notifications/service.ts';
import type { ReadModel } from '@tradewind/order-history/read-model/port.ts';
import { orderHistory } from '@tradewind/order-history/service.ts';
import { orders, type OrdersSettings } from '@tradewind/orders/service.ts';
import type { PaymentProvider } from '@tradewind/payments/provider/port.ts';
import { payments } from '@tradewind/payments/service.ts';
import { Registry } from 'prom-client';
import type { Adapters, StoreName } from './adapters.ts';
import { serviceNames, type ServiceName } from './service-names.ts';

/** A service with the handler that its port is served by. */
export interface Served { service: Service; handler: Handler; metrics: Registry }

export interface Composition {
  adapters: Adapters;
  history: ReadModel;
  notices: NotificationModel;
  provider: PaymentProvider;
  http: Http;
  tokens: Tokens;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Of orders, where they are not the usual ones. */
  settings?: Partial<OrdersSettings>;
}

type Made = Service & { handler?: Handler };

/** Each service's own composition, given the ports of a topology; in the order in which they start: who is asked before who asks. */
const makers: Record<ServiceName, (parts: Composition, world: World) => Made> = {
  customers: (parts, world) => customers(portsOf(parts, 'customers'), world),
  inventory: (parts, world) => inventory(portsOf(parts, 'inventory'), world),
  payments: (parts, world) => payments({ ...portsOf(parts, 'payments'), provider: parts.provider }, world),
  notifications: ({ adapters: { tasks }, notices }, world) => notifications({ tasks, model: notices }, world),
  'order-history': ({ adapters: { log, lots }, history }, world) => orderHistory({ log, lot: lots['order-history'], model: history }, world),
  orders: (parts, world) => orders({ ...portsOf(parts, 'orders'), lot: parts.adapters.lots['orders.saga'], http: parts.http }, world, parts.settings),
  gateway: ({ http, tokens }, world) => gateway({ http, tokens }, world),
};

function portsOf({ adapters: { stores, log, tasks, wakeup } }: Composition, name: StoreName) {
  return { store: stores[name], outbox: stores[name], log, tasks, wakeup };
}

/** One service, ready to be started, and the handler of its requests. */
export function serve(name: ServiceName, composition: Composition): Served {
  const { clock, random, logger } = composition;
  const world = { clock, random, logger, metrics: new Registry() };
  const service = makers[name](composition, world);
  return { service, metrics: world.metrics, handler: service.handler ?? handlerOf(service, world) };
}

/** All seven services in the order in which they start. */
export function compose(composition: Composition): Served[] {
  return serviceNames.map((name) => serve(name, composition));
}
