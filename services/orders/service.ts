import type { Http } from '@tradewind/chassis/http/client.ts';
import { KeyedQueue } from '@tradewind/chassis/keyed-queue.ts';
import type { Running, Service, World } from '@tradewind/chassis/service.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { startRelay } from '@tradewind/event-store/relay/relay.ts';
import { startUpkeep } from '@tradewind/event-store/upkeep.ts';
import { Parking } from '@tradewind/log/parking/parking.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import { parkingRoutes } from '@tradewind/log/parking/routes.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { orderRoutes } from './http/order-routes.ts';
import { Prices } from './http/prices.ts';
import { problems } from './http/problems.ts';
import { sagaRoutes } from './http/saga-routes.ts';
import { hearOfCatalogue } from './messaging/catalogue.ts';
import { sagaCounters } from './messaging/counters.ts';
import { listen, orderOf } from './messaging/listen.ts';
import { startTimers } from './messaging/timers.ts';
import { SAGA_GROUP, sagaTopics, topology } from './messaging/topology.ts';
import { Orders } from './orders.ts';
import { Sagas } from './sagas.ts';

/** `http` reaches the service `inventory`, for prices; `lot` lies in the database of the store. */
export interface OrdersPorts { store: EventStore; outbox: Outbox; log: Log; lot: ParkingLot; tasks: Tasks; wakeup: Wakeup; http: Http }

export interface OrdersSettings {
  /** How long a saga waits for an answer before it asks again. */
  stepTimeoutMs: number;
  /** How often due timers are looked for. */
  timersEveryMs: number;
  /** How often a parked saga is brought to mind. */
  reminderMs: number;
  /** How long a price is believed without being asked for again. */
  priceTtlMs: number;
  /** How long inventory may take to tell prices. */
  pricePatienceMs: number;
  /** Orders whose messages are handled side by side, in each partition. */
  width: number;
}

const defaults: OrdersSettings = {
  stepTimeoutMs: 10_000, timersEveryMs: 250, reminderMs: 900_000, priceTtlMs: 60_000, pricePatienceMs: 4_000, width: 32,
};

/** Orders, and the saga that secures, confirms or gives up each. */
export function orders(ports: OrdersPorts, world: World, settings: Partial<OrdersSettings> = {}): Service {
  const { store, log, lot, tasks, http } = ports;
  const { stepTimeoutMs, timersEveryMs, reminderMs, priceTtlMs, pricePatienceMs, width } = { ...defaults, ...settings };
  const queue = new KeyedQueue();
  const all = new Orders({ store, queue, ...world });
  const sagas = new Sagas({ store, orders: all, queue, ...world, count: sagaCounters(world.metrics), stepTimeoutMs, reminderMs });
  const prices = new Prices({ http, clock: world.clock }, { ttlMs: priceTtlMs, patienceMs: pricePatienceMs });
  const parking = new Parking({ lot, group: SAGA_GROUP, key: orderOf, ...world });
  let running: Running[] = [];
  return {
    name: 'orders', problems,
    routes: [...orderRoutes({ orders: all, prices, store, ...world }), ...sagaRoutes({ sagas, ...world }), ...parkingRoutes({ lot, group: SAGA_GROUP, operation: 'Saga', ...world })],
    async start() {
      const catalogueQueue = `orders.catalogue.${world.random.id()}`;
      await log.ensureTopics(sagaTopics);
      await tasks.declare(topology(catalogueQueue));
      running = [startUpkeep({ store, ...world }), startRelay({ ...ports, ...world, name: 'orders' })];
      running.push(await hearOfCatalogue(tasks, catalogueQueue, prices, world.logger));
      running.push(...await listen({ log, parking, sagas, width, ...world }));
      running.push(startTimers({ store, ...world, everyMs: timersEveryMs }, (timer) => sagas.timeout(timer)));
    },
    async stop() {
      for (const each of running.reverse()) await each.stop();
      running = [];
    },
    unready: () => store.ping().then(() => [], () => ['store-unavailable']),
  };
}
