import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { localWakeup, type Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { openPostgresEventStore } from '@tradewind/event-store/postgres/store.ts';
import { groups, topics } from '@tradewind/events/topology.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import { openPostgresParkingLot } from '@tradewind/log/parking/postgres/lot.ts';
import type { Log } from '@tradewind/log/port.ts';
import { openPostgresLog } from '@tradewind/log/postgres/log.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { openPostgresTasks } from '@tradewind/tasks/postgres/tasks.ts';

/** Databases of the embedded topology: one a service that keeps something, one for log and tasks, one for the payment provider. */
export const databases = ['orders', 'customers', 'inventory', 'payments', 'notifications', 'order_history', 'brokers', 'provider'] as const;
export type DatabaseName = (typeof databases)[number];

export type StoreName = keyof typeof topics;

/** Consumer groups of the log that park what they cannot handle, each in its service's own database. */
export const lotOf = { [groups.sagas]: 'orders', [groups.history]: 'order_history' } as const satisfies Record<string, DatabaseName>;
export type ParkingGroup = keyof typeof lotOf;
export const parkingGroups = Object.keys(lotOf) as ParkingGroup[];

/** What the services are given here: every port on PostgreSQL. */
export interface Adapters {
  stores: Record<StoreName, EventStore & Outbox>;
  log: Log;
  lots: Record<ParkingGroup, ParkingLot>;
  tasks: Tasks;
  wakeup: Wakeup;
  close(): Promise<void>;
}

interface World { clock: Clock; random: Random; logger: Logger }

/** Opens everything that several services share. @param url connection string of a database. */
export async function openAdapters(url: (name: DatabaseName) => string, { clock, random, logger }: World): Promise<Adapters> {
  const wakeup = localWakeup();
  const store = (name: StoreName) => openPostgresEventStore({ url: url(name), topic: topics[name], name, clock, wakeup, notify: false });
  const lot = (group: ParkingGroup) => openPostgresParkingLot({ url: url(lotOf[group]) });
  const [orders, customers, inventory, payments, log, tasks, saga, history] = await Promise.all([
    store('orders'), store('customers'), store('inventory'), store('payments'),
    openPostgresLog({ url: url('brokers'), clock, random, wakeup, logger }),
    // Whoever shares the queues is in this process, and is woken in it.
    openPostgresTasks({ url: url('brokers'), clock, random, wakeup, logger, notify: false }),
    lot('orders.saga'), lot('order-history'),
  ]);
  const open = [orders, customers, inventory, payments, log, tasks, saga, history];
  return {
    stores: { orders, customers, inventory, payments }, log, lots: { 'orders.saga': saga, 'order-history': history }, tasks, wakeup,
    async close() {
      await Promise.all(open.map((each) => each.close()));
    },
  };
}
