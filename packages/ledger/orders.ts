import type { Fact, FactOf } from '@tradewind/events/facts/catalogue.ts';
import type { Money } from '@tradewind/events/money.ts';
import type { Handlers } from './invariant.ts';
import { digestOf } from './lines-digest.ts';

/** What the orders' own store says of one order. Kept small: there may be hundreds of thousands. */
export interface Order {
  /** Place in the columns that others keep, counted from 0. */
  index: number;
  id: string;
  /** How often each happened; more than once is a breach. */
  placed: number;
  confirmed: number;
  cancelled: number;
  sagaStarted: number;
  sagaEnded: number;
  parked: boolean;
  outcome?: 'confirmed' | 'cancelled';
  reason?: FactOf<'OrderCancelled'>['data']['reason'];
  total: Money;
  /** Products and quantities, see `digestOf`. */
  lines: number;
  /** Version of the order's own stream. */
  version: number;
}

const NOTHING: Money = { amount: 0, currency: '' };

/** Folds the orders' store. It is read before all others: an order that ended here is final everywhere. */
export class Orders {
  readonly #byId = new Map<string, Order>();

  readonly on: Handlers = {
    event: ({ store, event, fact }) => {
      if (store !== 'orders' || !fact) return;
      const order = this.#order(event.subject.slice(event.subject.indexOf('-') + 1));
      if (fact.type === 'OrderPlaced' || fact.type === 'OrderConfirmed' || fact.type === 'OrderCancelled') order.version += 1;
      evolve(order, fact);
    },
  };

  get size(): number {
    return this.#byId.size;
  }

  all(): Iterable<Order> {
    return this.#byId.values();
  }

  get(id: string): Order | undefined {
    return this.#byId.get(id);
  }

  /** The order, if its saga has ended. */
  ended(id: string): Order | undefined {
    const order = this.#byId.get(id);
    return order?.outcome ? order : undefined;
  }

  get inFlight(): number {
    let count = 0;
    for (const order of this.#byId.values()) if (!order.outcome) count += 1;
    return count;
  }

  #order(id: string): Order {
    let order = this.#byId.get(id);
    if (!order) {
      order = {
        index: this.#byId.size, id, placed: 0, confirmed: 0, cancelled: 0, sagaStarted: 0, sagaEnded: 0, parked: false,
        total: NOTHING, lines: 0, version: 0,
      };
      this.#byId.set(id, order);
    }
    return order;
  }
}

function evolve(order: Order, fact: Fact): void {
  switch (fact.type) {
    case 'OrderPlaced':
      order.placed += 1;
      order.total = fact.data.total;
      order.lines = digestOf(fact.data.lines);
      break;
    case 'OrderConfirmed':
      order.confirmed += 1;
      break;
    case 'OrderCancelled':
      order.cancelled += 1;
      order.reason = fact.data.reason;
      break;
    case 'SagaStarted':
      order.sagaStarted += 1;
      break;
    case 'SagaParked':
    case 'SagaResumed':
      order.parked = fact.type === 'SagaParked';
      break;
    case 'SagaEnded':
      order.sagaEnded += 1;
      order.outcome = fact.data.outcome;
      break;
    default:
  }
}
