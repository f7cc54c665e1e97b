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
import { orders } from '@tradewind/orders/service.ts';
import type { PaymentProvider } from '@tradewind/payments/provider/port.ts';
import { payments } from '@tradewind/payments/service.ts';
import { Registry } from 'prom-client';
import type { Adapters } from './adapters.ts';

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
}

/** All seven services in the order in which they start: who is asked before who asks. */
export function compose({ adapters, history, notices, provider, http, tokens, ...base }: Composition): Served[] {
  const { stores, log, tasks, wakeup } = adapters;
  const ports = (name: keyof typeof stores) => ({ store: stores[name], outbox: stores[name], log, tasks, wakeup });
  const serve = (make: (world: World) => Service & { handler?: Handler }): Served => {
    const metrics = new Registry();
    const world = { ...base, metrics };
    const service = make(world);
    return { service, metrics, handler: service.handler ?? handlerOf(service, world) };
  };
  return [
    serve((world) => customers(ports('customers'), world)),
    serve((world) => inventory(ports('inventory'), world)),
    serve((world) => payments({ ...ports('payments'), provider }, world)),
    serve((world) => notifications({ tasks, model: notices }, world)),
    serve((world) => orderHistory({ log, model: history }, world)),
    serve((world) => orders({ ...ports('orders'), http }, world)),
    serve((world) => gateway({ http, tokens }, world)),
  ];
}
