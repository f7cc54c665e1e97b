import { DurableStore } from '@tradewind/event-store/memory/durable.ts';
import { DurableLog } from '@tradewind/log/memory/durable.ts';
import { DurableLot } from '@tradewind/log/parking/memory/lot.ts';
import { DurableNotifications } from '@tradewind/notifications/model/memory/model.ts';
import { DurableReadModel } from '@tradewind/order-history/read-model/memory/read-model.ts';
import { memoryBook } from '@tradewind/payments/provider/memory/book.ts';
import { DurableTasks } from '@tradewind/tasks/memory/durable.ts';

/** All that outlives the processes. */
export class Durable {
  readonly stores = { orders: new DurableStore(), customers: new DurableStore(), inventory: new DurableStore(), payments: new DurableStore() };
  readonly log = new DurableLog();
  readonly lots = { 'orders.saga': new DurableLot(), 'order-history': new DurableLot() };
  readonly tasks = new DurableTasks();
  readonly history = new DurableReadModel();
  readonly notices = new DurableNotifications();
  readonly book = memoryBook();
}
