import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { memoryReadModel } from '@tradewind/order-history/read-model/memory/read-model.ts';
import { followLog } from '@tradewind/order-history/rebuild/catch-up.ts';
import type { ReadModel } from '@tradewind/order-history/read-model/port.ts';
import { decodeTask } from '@tradewind/tasks/message.ts';
import type { Customers } from '../client/customers.ts';
import type { World } from '../world/world.ts';
import type { Breach } from './breach.ts';
import { judge, plainLog } from './books.ts';
import { deliveryBreaches } from './deliveries.ts';
import { rejectionBreaches } from './rejections.ts';
import { trailBreaches } from './trail.ts';

/** Everything that is held against a world at rest: the ledger, what people were told, the read model against its log. */
export async function breaches(world: World, customers: Customers): Promise<{ breaches: Breach[]; ledger: Verdict }> {
  const ledger = await judge(world, customers.acknowledged);
  const found = [
    ...ofLedger(ledger), ...world.seen, ...customers.broken, ...customers.failures(), ...await ofPromises(world, customers), ...await ofReadModel(world), ...ofDeadLetters(world),
    ...deliveryBreaches(world, customers.delivered), ...rejectionBreaches(world),
  ];
  return { breaches: found, ledger };
}

function* ofLedger({ invariants }: Verdict): Iterable<Breach> {
  for (const { name, breaches: { first }, inFlight } of invariants) {
    for (const { subject, detail } of first) yield { invariant: name, subject, detail };
    if (inFlight > 0) yield { invariant: name, subject: 'in flight', detail: `${inFlight} could not be judged, though nothing is under way` };
  }
}

/** Whoever was told that an order is cancelled, or cannot be any more, was told the truth. */
async function ofPromises({ durable }: World, { cancelled }: Customers): Promise<Breach[]> {
  const model = memoryReadModel(durable.history);
  const found = await Promise.all([...cancelled].map(async ([orderId, told]): Promise<Breach[]> => {
    const status = (await model.order(orderId))?.status;
    return status === (told === 'cancelled' ? 'cancelled' : 'confirmed') ? []
      : [{ invariant: 'cancelled-as-told', subject: orderId, detail: `the customer was told ${told}, and it is ${status ?? 'unknown'}` }];
  }));
  return found.flat();
}

/** The read model is what its log folds to, audit trail and counts included. */
async function ofReadModel(world: World): Promise<Breach[]> {
  const live = memoryReadModel(world.durable.history);
  const fresh = memoryReadModel();
  await followLog(fresh, plainLog(world));
  const [is, shall] = await Promise.all([everything(live), everything(fresh)]);
  const different = [...new Set([...is.keys(), ...shall.keys()])].filter((name) => is.get(name) !== shall.get(name)).map((name): Breach =>
    ({ invariant: 'read-model-is-its-log', subject: name, detail: `shows ${is.get(name) ?? 'nothing'}, the log says ${shall.get(name) ?? 'nothing'}` }));
  return [...different, ...await trailBreaches(world, live)];
}

async function everything(model: ReadModel): Promise<Map<string, string>> {
  const { orders } = await model.list({}, undefined, 1_000);
  const all = new Map([['counts', JSON.stringify(await model.counts())]]);
  for (const order of orders) {
    const trail = (await model.audit(order.orderId)).flatMap(({ kind, entries }) => entries.map(({ version, type }) => `${kind}@${version} ${type}`));
    all.set(order.orderId, `${JSON.stringify(order)} ${trail.sort().join(' ')}`);
  }
  return all;
}

/** Put aside is what nobody can handle, and nothing else. */
function* ofDeadLetters({ durable, disturbances: { poisons } }: World): Iterable<Breach> {
  const aside = new Set<string>();
  for (const { name, dead } of durable.tasks.queues.values())
    for (const { task: { line }, reason, attempts } of dead) {
      const { envelope: { id } } = decodeTask(line);
      aside.add(id);
      if (!poisons.has(id)) yield { invariant: 'no-dead-letters', subject: name, detail: `after ${attempts} attempts: ${reason}; ${line.slice(0, 300)}` };
    }
  for (const id of poisons) if (!aside.has(id)) yield { invariant: 'poison-is-put-aside', subject: id, detail: 'is among no dead letters' };
}
