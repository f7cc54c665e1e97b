import type { Running, Service, World } from '@tradewind/chassis/service.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { startRelay } from '@tradewind/event-store/relay/relay.ts';
import { startUpkeep } from '@tradewind/event-store/upkeep.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { Customers } from './customers.ts';
import { problems } from './http/problems.ts';
import { customerRoutes } from './http/routes.ts';
import { consumeCommands } from './messaging/handlers.ts';
import { ownTopics, topology } from './messaging/topology.ts';

export interface CustomersPorts { store: EventStore; outbox: Outbox; log: Log; tasks: Tasks; wakeup: Wakeup }

export interface CustomersSettings {
  /** Commands in hand at a time, by queue. */
  prefetch: number;
}

/** Customers and their credit: reserved, used and given back as the order saga asks. */
export function customers(ports: CustomersPorts, world: World, settings: Partial<CustomersSettings> = {}): Service {
  const { store, log, tasks } = ports;
  const { prefetch = 20 } = settings;
  const all = new Customers(store, world);
  let running: Running[] = [];
  return {
    name: 'customers', routes: customerRoutes({ customers: all, store, ...world }), problems,
    async start() {
      await log.ensureTopics(ownTopics);
      await tasks.declare(topology);
      running = [startUpkeep({ store, ...world }), startRelay({ ...ports, ...world, name: 'customers' })];
      running.push(...await consumeCommands({ tasks, ...world }, all, prefetch));
    },
    async stop() {
      for (const each of running.reverse()) await each.stop();
      running = [];
    },
    unready: () => store.ping().then(() => [], () => ['store-unavailable']),
  };
}
