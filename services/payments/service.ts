import type { Running, Service, World } from '@tradewind/chassis/service.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { startRelay } from '@tradewind/event-store/relay/relay.ts';
import { startUpkeep } from '@tradewind/event-store/upkeep.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { problems } from './http/problems.ts';
import { paymentRoutes } from './http/routes.ts';
import { consumeCommands } from './messaging/handlers.ts';
import { ownTopics, topology } from './messaging/topology.ts';
import { Payments } from './payments.ts';
import type { PaymentProvider } from './provider/port.ts';
import { timeLimited } from './provider/time-limit.ts';

export interface PaymentsPorts {
  store: EventStore; outbox: Outbox; log: Log; tasks: Tasks; wakeup: Wakeup; provider: PaymentProvider;
}

export interface PaymentsSettings {
  /** Commands in hand at a time, by queue. */
  prefetch: number;
  /** How long an answer of the provider is waited for. */
  providerTimeoutMs: number;
}

/** Charges orders and refunds them, as the order saga asks, through a payment provider. */
export function payments(ports: PaymentsPorts, world: World, settings: Partial<PaymentsSettings> = {}): Service {
  const { store, log, tasks } = ports;
  const { prefetch = 20, providerTimeoutMs = 3_000 } = settings;
  const provider = timeLimited(ports.provider, world.clock, providerTimeoutMs);
  const all = new Payments({ store, provider }, world);
  let running: Running[] = [];
  return {
    name: 'payments', routes: paymentRoutes(all), problems,
    async start() {
      await log.ensureTopics(ownTopics);
      await tasks.declare(topology);
      const unsubscribe = provider.onCallback((callback) => all.report(callback));
      running = [startUpkeep({ store, ...world }), startRelay({ ...ports, ...world, name: 'payments' }), { stop: async () => unsubscribe() }];
      running.push(...await consumeCommands({ tasks, ...world }, all, prefetch));
    },
    async stop() {
      for (const each of running.reverse()) await each.stop();
      running = [];
    },
    unready: () => store.ping().then(() => [], () => ['store-unavailable']),
  };
}
