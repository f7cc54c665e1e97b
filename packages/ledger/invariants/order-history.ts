import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { groups, topics } from '@tradewind/events/topology.ts';
import type { LogRecord } from '@tradewind/log/port.ts';
import { Column } from '../column.ts';
import type { OrderHistoryRow } from '../facts.ts';
import { Breaches, type Handlers, type Invariant } from '../invariant.ts';
import type { Order, Orders } from '../orders.ts';

const statuses = ['absent', 'placed', 'confirmed', 'cancelled'] as const;
const byFact: Partial<Record<Fact['type'], (typeof statuses)[number]>> = { OrderPlaced: 'placed', OrderConfirmed: 'confirmed', OrderCancelled: 'cancelled' };

/**
 * An order's row in order-history is the fold of the log: status, version, total. Judged once the saga has
 * ended, the log has the whole order, the read model's position is beyond it, and nothing of the order is parked.
 */
export class OrderHistory implements Invariant {
  readonly name = 'order-history-equals-log';
  readonly kind = 'settled';
  readonly says = 'order-history equals the fold of the log';
  readonly #orders: Orders;
  readonly #breaches = new Breaches();
  /** The fold of the log: version, place in `statuses`, total, and where its last record stands. */
  readonly #version = new Column();
  readonly #status = new Column();
  readonly #total = new Column();
  readonly #partition = new Column();
  readonly #offset = new Column();
  readonly #positions = new Map<number, number>();
  readonly #rows = new Column();
  readonly #parked = new Set<string>();

  readonly on: Handlers = {
    record: ({ record, fact }) => fact && this.#record(record, fact),
    'history-position': ({ partition, next }) => void this.#positions.set(partition, next),
    parked: ({ parked: { group, orderId } }) => { if (group === groups.history) this.#parked.add(orderId); },
    history: ({ row }) => this.#row(row),
  };

  constructor(orders: Orders) {
    this.#orders = orders;
  }

  findings() {
    let judged = 0;
    let inFlight = 0;
    for (const order of this.#orders.all()) {
      if (!this.#folded(order)) {
        inFlight += 1;
        continue;
      }
      judged += 1;
      if (this.#rows.get(order) !== 1) this.#breaches.add(order.id, this.#rows.get(order) === 0 ? 'has no row' : 'has several rows');
    }
    return { breaches: this.#breaches, judged, of: 'orders', inFlight };
  }

  /** Whether the order will not change, and the read model has got that far. */
  #folded(order: Order): boolean {
    if (this.#parked.has(order.id) || !order.outcome || this.#version.get(order) !== order.version) return false;
    return (this.#positions.get(this.#partition.get(order)) ?? 0) > this.#offset.get(order);
  }

  #record({ topic, partition, offset, envelope }: LogRecord, fact: Fact): void {
    const status = byFact[fact.type];
    if (topic !== topics.orders || !status || !('orderId' in fact.data)) return;
    const order = this.#orders.get(fact.data.orderId);
    if (!order || envelope.streamversion !== this.#version.get(order) + 1) return;
    this.#version.set(order, envelope.streamversion);
    this.#status.set(order, statuses.indexOf(status));
    if (fact.type === 'OrderPlaced') this.#total.set(order, fact.data.total.amount);
    this.#partition.set(order, partition);
    this.#offset.set(order, offset);
  }

  #row(row: OrderHistoryRow): void {
    const order = this.#orders.get(row.orderId);
    if (!order) return;
    this.#rows.add(order, 1);
    if (!this.#folded(order)) return;
    const status = statuses[this.#status.get(order)];
    const version = this.#version.get(order);
    if (row.status !== status) this.#breaches.add(row.orderId, `the row says ${row.status}, the log ${status}`);
    else if (row.version !== version) this.#breaches.add(row.orderId, `the row is at version ${row.version}, the log at ${version}`);
    else if (row.total.amount !== this.#total.get(order) || row.total.currency !== order.total.currency)
      this.#breaches.add(row.orderId, `the row has a total of ${row.total.amount} ${row.total.currency}, the log ${this.#total.get(order)} ${order.total.currency}`);
  }
}
