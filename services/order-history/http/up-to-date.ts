import type { Clock } from '@tradewind/chassis/clock.ts';
import type { OrderView } from '../domain/order-view.ts';
import type { Arrivals } from '../messaging/arrivals.ts';
import type { ReadModel } from '../read-model/port.ts';

/** Another process may fold the order: nobody here hears of that, so the model is asked again. */
const POLL_MS = 50;

export interface UpToDate { model: Pick<ReadModel, 'order'>; arrivals: Arrivals; clock: Clock }

/**
 * The order once the read model has it at `version` or later, or as soon as it has.
 * @param until epoch ms; the model is asked once more then.
 * @returns undefined where it was not there in time.
 */
export async function orderAt(
  { model, arrivals, clock }: UpToDate, { orderId, version, until }: { orderId: string; version: number; until: number },
): Promise<OrderView | undefined> {
  for (;;) {
    const expected = arrivals.expect(orderId, version);
    try {
      const order = await model.order(orderId);
      if (order && order.version >= version) return order;
      const left = until - clock.now();
      if (left <= 0) return undefined;
      await clock.sleep(Math.min(left, POLL_MS), expected.signal);
    } finally {
      expected.cancel();
    }
  }
}
