import type { Mutant } from '../mutant.ts';

const projector = 'services/order-history/messaging/projector.ts';
const memory = 'services/order-history/read-model/memory';

/** The read model: the fold of its log. */
export const readingBugs: Mutant[] = [
  {
    name: 'position-apart-from-rows',
    says: 'the read model moves its position on, then writes its rows',
    patches: [{
      file: projector,
      find: 'await this.#projection.apply(changes, { topic, partition, from, next });',
      replace: `await this.#projection.apply({ ...changes, orders: [], audit: [], tally: {} }, { topic, partition, from, next });
    await this.#projection.apply(changes, { topic, partition, from: next, next });`,
    }],
  },
  {
    name: 'held-events-folded-again',
    says: 'the projection does not ignore what it holds',
    patches: [{
      file: 'services/order-history/domain/fold.ts', find: 'if (before && event.version <= before.version) {', replace: 'if (before && event.version < 0) {',
    }],
  },
  {
    name: 'overtaken-consumer-applies',
    says: 'a consumer that was overtaken writes its changes all the same',
    patches: [{
      file: `${memory}/projection.ts`, find: 'if (this.positions.get(key)?.next !== from)', replace: 'if ((this.positions.get(key)?.next ?? 0) < (from ?? 0))',
    }, {
      file: `${memory}/projection.ts`, find: 'kind === chunk.kind && first === chunk.first', replace: 'kind === chunk.kind && first < 0',
    }],
  },
  {
    name: 'older-view-shown',
    says: 'a reader who names a version gets the view as it is',
    patches: [{ file: 'services/order-history/http/up-to-date.ts', find: 'if (order && order.version >= version) return order;', replace: 'if (order) return order;' }],
  },
];
