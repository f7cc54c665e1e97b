import type { Lane, Outbox } from '@tradewind/event-store/outbox.ts';
import type { Act, EventStore, StreamWrite } from '@tradewind/event-store/port.ts';
import type { StoreName } from '@tradewind/ledger/facts.ts';
import { viaOf } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { appended } from './tell.ts';

const of = (name: StoreName) => operations(`store:${name}`, {
  reading: ['load', 'answer', 'dueTimers', 'readAll', 'streams', 'ping', 'scan', 'horizon', 'backlog'],
  changing: ['append', 'saveSnapshot', 'prune', 'lead', 'yield', 'remove'],
});

const all: Record<StoreName, ReturnType<typeof of>> = {
  orders: of('orders'), customers: of('customers'), inventory: of('inventory'), payments: of('payments'),
};

/** A process's way to a store. */
export function storeVia(world: World, process: Process, store: EventStore & Outbox, name: StoreName): EventStore & Outbox {
  const op = all[name];
  const via = viaOf(process);
  const removing = new Map<Lane, Promise<unknown>>();
  return {
    append: (writes, act) => bugHits(world, writes, act) ? Promise.reject(new TypeError('a bug hits this order'))
      : via(op.append, () => store.append(writes, act), () => appended(writes, act)),
    load: (wanted) => via(op.load, () => store.load(wanted), () => wanted.map(({ stream }) => stream).join(' ')),
    saveSnapshot: (stream, snapshot) => via(op.saveSnapshot, () => store.saveSnapshot(stream, snapshot), () => stream),
    answer: (scope, key) => via(op.answer, () => store.answer(scope, key), () => key),
    dueTimers: (now, limit) => via(op.dueTimers, () => store.dueTimers(now, limit)),
    readAll: (after, limit) => via(op.readAll, () => store.readAll(after, limit)),
    streams: (prefix, after, limit) => via(op.streams, () => store.streams(prefix, after, limit)),
    prune: (before) => via(op.prune, () => store.prune(before)),
    ping: () => via(op.ping, () => store.ping()),
    lead: (lane, holder, ttlMs) => via(op.lead, () => store.lead(lane, holder, ttlMs), () => lane),
    yield: (lane, holder) => via(op.yield, () => store.yield(lane, holder), () => lane),
    // It sees what a `remove` called right before has left: on a real connection one follows the other.
    scan: (lane, floor, limit) => {
      const before = removing.get(lane);
      removing.delete(lane);
      return via(op.scan, async () => {
        await before;
        return store.scan(lane, floor, limit);
      }, () => lane);
    },
    horizon: (lane) => via(op.horizon, () => store.horizon(lane)),
    remove: (lane, epoch, ids) => {
      const removal = via(op.remove, () => remove(world, store, name, { lane, epoch, ids }), () => `${lane} ${ids.length} rows`);
      removing.set(lane, removal.catch(() => undefined));
      return removal;
    },
    backlog: (lane) => via(op.backlog, () => store.backlog(lane)),
    close: () => store.close(),
  };
}

/** Of what the sagas' consumer does: stepping on is left to it. */
function bugHits({ disturbances: { poisonRecords } }: World, writes: StreamWrite[], act: Act = {}): boolean {
  return act.inbox?.consumer === 'orders.saga' && writes.some(({ stream }) => poisonRecords.bugHits('orders.saga', stream.replace(/^saga-/, '')));
}

/** Only the relay that leads deletes rows. One that no longer does repeats what was published: no event shows that, so it is looked at here. */
async function remove(
  { durable, seen }: World, store: Outbox, name: StoreName, { lane, epoch, ids }: { lane: Lane; epoch: number; ids: number[] },
): Promise<boolean> {
  const leads = durable.stores[name].leases.get(lane)?.epoch;
  const removed = await store.remove(lane, epoch, ids);
  if (removed && leads !== epoch)
    seen.push({ invariant: 'the-leading-relay-deletes', subject: `${name} ${lane}`, detail: `a relay of epoch ${epoch} deleted rows in epoch ${leads}` });
  return removed;
}
