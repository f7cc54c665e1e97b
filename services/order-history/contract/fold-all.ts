import { topics } from '@tradewind/events/topology.ts';
import { timeline } from '../domain/timeline.ts';
import { Projector } from '../messaging/projector.ts';
import type { ReadModel } from '../read-model/port.ts';
import type { Projection } from '../read-model/projection.ts';
import { ofTopic, records, type Told } from './story.ts';

/** Folds everything, each topic as one batch of one partition. */
export async function foldAll(model: Projection, told: Told[]): Promise<void> {
  const projector = new Projector(model, { read: () => Promise.resolve([]) });
  for (const topic of Object.values(topics)) await projector.project(records(topic, ofTopic(topic, told)));
}

/** Everything that readers can see. */
export async function seen(model: ReadModel) {
  const { orders } = await model.list({}, undefined, 1_000);
  const trails = await Promise.all(orders.map(async (order) => timeline(await model.audit(order.orderId), order)));
  return { orders, trails, counts: await model.counts() };
}
