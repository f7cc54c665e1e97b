import { parkingGroups } from '@tradewind/embedded/adapters.ts';
import { memoryEventStore } from '@tradewind/event-store/memory/store.ts';
import { topics } from '@tradewind/events/topology.ts';
import { check } from '@tradewind/ledger/check.ts';
import { bookOf, notificationsOf, orderHistoryOf, parkedOf, storeOf } from '@tradewind/ledger/sources/from-ports.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { memoryLog } from '@tradewind/log/memory/log.ts';
import { memoryParkingLot } from '@tradewind/log/parking/memory/lot.ts';
import type { Log } from '@tradewind/log/port.ts';
import { memoryNotifications } from '@tradewind/notifications/model/memory/model.ts';
import { memoryReadModel } from '@tradewind/order-history/read-model/memory/read-model.ts';
import { memoryTasks } from '@tradewind/tasks/memory/tasks.ts';
import type { StoreName } from '@tradewind/ledger/facts.ts';
import type { World } from '../world/world.ts';

/** The log as somebody reads it who no fault concerns. */
export function plainLog({ clock, durable }: World): Log {
  return memoryLog({ clock, durable: durable.log });
}

/** What the ledger says of all that outlives the processes. */
export function judge(world: World, acknowledged: ReadonlySet<string>): Promise<Verdict> {
  const { clock, durable } = world;
  const store = (name: StoreName) => {
    const kept = durable.stores[name];
    return storeOf(memoryEventStore({ topic: topics[name], name, clock, durable: kept }), () => name === 'orders' ? accepted(kept.answers.values()) : []);
  };
  return check({
    stores: { orders: store('orders'), customers: store('customers'), inventory: store('inventory'), payments: store('payments') },
    log: plainLog(world), tasks: memoryTasks({ clock, random: { next: () => 0, id: () => '' }, durable: durable.tasks }),
    provider: bookOf(durable.book), orderHistory: orderHistoryOf(memoryReadModel(durable.history)),
    notifications: notificationsOf(memoryNotifications(durable.notices)),
    parked: parkedOf(Object.fromEntries(parkingGroups.map((group) => [group, memoryParkingLot({ clock, durable: durable.lots[group] })]))), acknowledged: () => acknowledged,
  }, { now: Infinity });
}

/** Orders that a 202 is kept for. */
function* accepted(answers: Iterable<{ scope: string; status: number; body: unknown }>): Iterable<string> {
  for (const { status, body } of answers) {
    const { orderId } = body as { orderId?: string };
    if (status === 202 && orderId !== undefined) yield orderId;
  }
}
