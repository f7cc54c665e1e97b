import type { Service, World } from '@tradewind/chassis/service.ts';
import { PARTITIONS } from '@tradewind/events/topology.ts';
import type { Log, Subscription } from '@tradewind/log/port.ts';
import { internalRoutes } from './http/internal.ts';
import { orderRoutes } from './http/orders.ts';
import { problems } from './http/problems.ts';
import { rebuildRoutes } from './http/rebuild.ts';
import { Arrivals } from './messaging/arrivals.ts';
import { Projector } from './messaging/projector.ts';
import { readModelMetrics } from './metrics.ts';
import type { ReadModel } from './read-model/port.ts';
import { topics } from './rebuild/catch-up.ts';
import { Rebuilding } from './rebuild/rebuilding.ts';

export interface OrderHistoryPorts { log: Log; model: ReadModel }

export interface OrderHistorySettings {
  /** How long a reader is kept waiting for the version it asked for, in ms. Default 2,000. */
  patienceMs: number;
  /** Records folded in one transaction, at most. Default 1,000. */
  batch: number;
}

/** Orders as their readers see them, and what happened to each, folded from all four topics of the log. */
export function orderHistory(ports: OrderHistoryPorts, world: World, settings: Partial<OrderHistorySettings> = {}): Service {
  const { log, model } = ports;
  const { patienceMs = 2_000, batch = 1_000 } = settings;
  const arrivals = new Arrivals();
  const count = readModelMetrics(world.metrics);
  const projector = new Projector(model, log, (changes) => {
    arrivals.note(changes);
    count(changes);
  });
  const rebuilding = new Rebuilding({ ...ports, ...world });
  let subscription: Subscription | undefined;
  return {
    name: 'order-history', problems,
    routes: [...orderRoutes({ model, arrivals, clock: world.clock, patienceMs }), ...internalRoutes({ model }), ...rebuildRoutes({ rebuilding })],
    async start() {
      await log.ensureTopics(topics.map((name) => ({ name, partitions: PARTITIONS })));
      subscription = await log.subscribe(
        { group: 'order-history', topics, batch, position: async (topic, partition) => (await model.position(topic, partition)) ?? 0 },
        (records) => projector.project(records),
      );
      rebuilding.start();
    },
    async stop() {
      await rebuilding.stop();
      await subscription?.stop();
      subscription = undefined;
    },
    unready: () => model.ping().then(() => [], () => ['store-unavailable']),
  };
}
