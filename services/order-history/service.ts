import type { Running, Service, World } from '@tradewind/chassis/service.ts';
import { PARTITIONS } from '@tradewind/events/topology.ts';
import { Parking } from '@tradewind/log/parking/parking.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import { parkingRoutes } from '@tradewind/log/parking/routes.ts';
import type { Log } from '@tradewind/log/port.ts';
import { internalRoutes } from './http/internal.ts';
import { orderRoutes } from './http/orders.ts';
import { problems } from './http/problems.ts';
import { Arrivals } from './messaging/arrivals.ts';
import { GROUP, startFolding } from './messaging/folding.ts';
import { Projector } from './messaging/projector.ts';
import { orderOf, parkingSieve } from './messaging/sieve.ts';
import { readModelMetrics } from './metrics.ts';
import type { ReadModel } from './read-model/port.ts';
import { topics } from './rebuild.ts';
import { Rebuilding } from './rebuilding.ts';

/** `lot` lies in the database of the model. */
export interface OrderHistoryPorts { log: Log; lot: ParkingLot; model: ReadModel }

export interface OrderHistorySettings {
  /** How long a reader is kept waiting for the version it asked for, in ms. Default 2,000. */
  patienceMs: number;
  /** Records folded in one transaction, at most. Default 1,000. */
  batch: number;
}

/** Orders as their readers see them, and what happened to each, folded from all four topics of the log. */
export function orderHistory(ports: OrderHistoryPorts, world: World, settings: Partial<OrderHistorySettings> = {}): Service {
  const { log, lot, model } = ports;
  const { patienceMs = 2_000, batch = 1_000 } = settings;
  const arrivals = new Arrivals();
  const count = readModelMetrics(world.metrics);
  const parking = new Parking({ lot, group: GROUP, key: orderOf, ...world });
  const projector = new Projector(model, log, (changes) => {
    arrivals.note(changes);
    count(changes);
  }, parkingSieve(parking));
  const rebuilding = new Rebuilding({ ...ports, ...world });
  let running: Running[] = [];
  return {
    name: 'order-history', problems,
    routes: [...orderRoutes({ model, arrivals, clock: world.clock, patienceMs }), ...internalRoutes({ model, rebuilding }), ...parkingRoutes({ lot, group: GROUP, operation: 'History', ...world })],
    async start() {
      await log.ensureTopics(topics.map((name) => ({ name, partitions: PARTITIONS })));
      running = await startFolding({ ...ports, projector, parking, batch, ...world });
    },
    async stop() {
      await rebuilding.stop();
      for (const each of running.reverse()) await each.stop();
      running = [];
    },
    unready: () => model.ping().then(() => [], () => ['store-unavailable']),
  };
}
