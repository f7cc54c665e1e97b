import type { NotificationModel } from '@tradewind/notifications/model/port.ts';
import type { Generations, Site } from '@tradewind/order-history/read-model/generations.ts';
import type { ReadModel } from '@tradewind/order-history/read-model/port.ts';
import type { Projection } from '@tradewind/order-history/read-model/projection.ts';
import { viaOf, type Via } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

const history = operations('model:order-history', {
  reading: ['position', 'held', 'order', 'list', 'audit', 'counts', 'positions', 'ping', 'kept', 'generations', 'claim', 'compare'],
  changing: ['apply', 'keep', 'dropRetired', 'prepare', 'switchOver', 'discard'],
});
const notices = operations('model:notifications', { reading: ['list', 'ping'], changing: ['keep'] });

/** A process's way to the read model. */
export function readModelVia(world: World, process: Process, model: ReadModel): ReadModel {
  const via = viaOf(process);
  return {
    ...projectionVia(via, model),
    order: (orderId) => via(history.order, () => model.order(orderId), () => orderId),
    list: (filter, cursor, limit) => via(history.list, () => model.list(filter, cursor, limit)),
    audit: (orderId) => via(history.audit, () => model.audit(orderId), () => orderId),
    counts: () => via(history.counts, () => model.counts()),
    positions: () => via(history.positions, () => model.positions()),
    generations: generationsVia(via, watched(world, model.generations)),
    ping: () => via(history.ping, () => model.ping()),
    close: () => model.close(),
  };
}

function projectionVia(via: Via, inner: Projection): Projection {
  return {
    position: (topic, partition) => via(history.position, () => inner.position(topic, partition)),
    held: (strands) => via(history.held, () => inner.held(strands)),
    apply: (changes, advance) => via(history.apply, () => inner.apply(changes, advance),
      () => `${advance.topic}/${advance.partition} from ${advance.from ?? 'nothing'} to ${advance.next}: ${changes.orders.map(({ orderId }) => orderId).join(' ')}`),
  };
}

/** There is no way back, or a record that was folded once is of a version that the program, older by now, does not know. */
const MAY_FAIL = new Set(['nothing-retired', 'message-from-the-future']);

/** Candidates that were live once, and lack what was redriven since: they may differ. */
const takenBack = new WeakSet<object>();

/** Every fold of the log makes the same: no rebuild differs or fails, and one that goes on does not begin anew. */
function watched({ durable: { history: durable, lots }, seen }: World, inner: Generations): Generations {
  const broken = (invariant: string, detail: string): void => void seen.push({ invariant, subject: 'order-history', detail });
  const site = (there: Site): Site => ({
    ...there,
    async prepare() {
      const { candidate, kept: { state: { from } } } = durable;
      await there.prepare();
      if (durable.candidate && from === 'retired' && lots['order-history'].group('order-history').departed > 0) takenBack.add(durable.candidate);
      if (candidate && from === 'candidate' && durable.candidate !== candidate) broken('rebuild-goes-on', 'what was built so far is gone');
    },
    async switchOver(catchUp, judge) {
      const { candidate } = durable;
      const ended = await there.switchOver(catchUp, judge);
      if (ended?.state === 'differs' && !(candidate && takenBack.has(candidate))) broken('rebuild-equals-live', JSON.stringify(ended.comparison));
      return ended;
    },
  });
  return {
    ...inner,
    async keep(state, revision) {
      if (state.state === 'failed' && !MAY_FAIL.has(state.error?.code ?? '')) broken('rebuild-equals-live', `it fails: ${state.error?.detail ?? ''}`);
      return inner.keep(state, revision);
    },
    async claim() {
      const there = await inner.claim();
      return there && site(there);
    },
  };
}

function generationsVia(via: Via, inner: Generations): Generations {
  return {
    kept: () => via(history.kept, () => inner.kept()),
    keep: (state, revision) => via(history.keep, () => inner.keep(state, revision), () => state.state),
    list: () => via(history.generations, () => inner.list()),
    dropRetired: () => via(history.dropRetired, () => inner.dropRetired()),
    claim: () => via(history.claim, async () => {
      const site = await inner.claim();
      return site && siteVia(via, site);
    }),
  };
}

/** The site is a connection: it is there as long as its process, and needs no answer to be closed. */
function siteVia(via: Via, inner: Site): Site {
  return {
    ...projectionVia(via, inner),
    prepare: () => via(history.prepare, () => inner.prepare()),
    positions: () => via(history.positions, () => inner.positions()),
    compare: () => via(history.compare, () => inner.compare()),
    switchOver: (catchUp, judge) => via(history.switchOver, () => inner.switchOver(catchUp, judge)),
    discard: (ended) => via(history.discard, () => inner.discard(ended)),
    release: () => inner.release(),
  };
}

/** A process's way to what customers were told. */
export function notificationsVia(process: Process, model: NotificationModel): NotificationModel {
  const via = viaOf(process);
  return {
    keep: (notification) => via(notices.keep, () => model.keep(notification), () => `${notification.orderId} ${notification.kind}`),
    list: (filter, cursor, limit) => via(notices.list, () => model.list(filter, cursor, limit)),
    ping: () => via(notices.ping, () => model.ping()),
    close: () => model.close(),
  };
}
