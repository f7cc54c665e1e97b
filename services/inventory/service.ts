import type { Running, Service, World } from '@tradewind/chassis/service.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { startRelay } from '@tradewind/event-store/relay/relay.ts';
import { startUpkeep } from '@tradewind/event-store/upkeep.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { catalogueRoutes } from './http/catalogue.ts';
import { deliveryRoutes } from './http/deliveries.ts';
import { problems } from './http/problems.ts';
import { consumeCommands } from './messaging/handlers.ts';
import { ownTopics, topology } from './messaging/topology.ts';
import { Stock } from './stock.ts';

export interface InventoryPorts { store: EventStore; outbox: Outbox; log: Log; tasks: Tasks; wakeup: Wakeup }

export interface InventorySettings {
  /** Commands in hand at a time, by queue. */
  prefetch: number;
}

/** Products and their stock: reserved, sold and given back by whole orders, as the order saga asks. */
export function inventory(ports: InventoryPorts, world: World, settings: Partial<InventorySettings> = {}): Service {
  const { store, log, tasks } = ports;
  const { prefetch = 20 } = settings;
  const stock = new Stock(store, world);
  const parts = { stock, store, ...world };
  let running: Running[] = [];
  return {
    name: 'inventory', routes: [...catalogueRoutes(parts), ...deliveryRoutes(parts)], problems,
    async start() {
      await log.ensureTopics(ownTopics);
      await tasks.declare(topology);
      running = [startUpkeep({ store, ...world }), startRelay({ ...ports, ...world, name: 'inventory' })];
      running.push(...await consumeCommands({ tasks, ...world }, stock, prefetch));
    },
    async stop() {
      for (const each of running.reverse()) await each.stop();
      running = [];
    },
    unready: () => store.ping().then(() => [], () => ['store-unavailable']),
  };
}
