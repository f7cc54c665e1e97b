import type { Logger } from '@tradewind/chassis/logger.ts';
import { taskHandler } from '@tradewind/tasks/handler.ts';
import type { Consumer, Tasks } from '@tradewind/tasks/port.ts';
import type { Prices } from '../http/prices.ts';

/** Drops prices that changed, as this replica's own copy of the broadcast says. */
export function hearOfCatalogue(tasks: Tasks, queue: string, prices: Pick<Prices, 'drop'>, logger: Logger): Promise<Consumer> {
  return tasks.consume(queue, { prefetch: 10 }, taskHandler<'CatalogueChanged'>(async ({ data }) => {
    prices.drop(data.productIds);
  }, logger));
}
