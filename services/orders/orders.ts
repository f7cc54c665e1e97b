import type { Clock } from '@tradewind/chassis/clock.ts';
import type { KeyedQueue } from '@tradewind/chassis/keyed-queue.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { Aggregates, type Loaded } from '@tradewind/event-store/aggregates.ts';
import { storeErrors, type Act, type Answer, type EventStore, type StreamWrite, type Version } from '@tradewind/event-store/port.ts';
import { untilAppended } from '@tradewind/event-store/until-appended.ts';
import { decodeFact } from '@tradewind/events/codec.ts';
import { fold, Refusal } from '@tradewind/events/decider.ts';
import type { Lineage } from '@tradewind/events/envelope.ts';
import type { OrderEvent } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import { order, type Order, type OrderCommand } from './domain/order.ts';
import { Outgoing } from './messaging/outgoing.ts';

export type LoadedOrder = Loaded<Order>;
export type Cause = Omit<Lineage, 'correlationid'>;

interface Parts { store: EventStore; clock: Clock; random: Random; queue: KeyedQueue }

/** An answer to keep, made of the order as the append leaves it; `changed` where it did change. */
export type AnswerOf = (after: LoadedOrder, changed: boolean) => Answer;

/** Orders by id, as customers and operators see them. */
export class Orders {
  readonly #parts: Parts;
  readonly #states: Aggregates<Order, OrderEvent>;

  /** @param parts `queue`: changes of one order wait for each other there rather than conflict in the store. */
  constructor(parts: Parts) {
    this.#parts = parts;
    this.#states = new Aggregates({
      store: parts.store, decider: order, decode: decodeFact<OrderEvent['type']>, schema: 'order.1', cache: 5_000,
    });
  }

  /**
   * Places an order that must be new, together with its answer.
   * @throws Refusal `order-exists` and what the decider refuses · CodedError `key-used`, `store-unavailable`
   */
  async place(data: Extract<OrderCommand, { type: 'PlaceOrder' }>['data'], cause: Cause, answerOf: AnswerOf): Promise<LoadedOrder> {
    const before: LoadedOrder = { stream: stream.order(data.orderId), version: 0, state: order.initial };
    const events = order.decide({ type: 'PlaceOrder', data }, before.state);
    const after = following(before, events);
    const answer = answerOf(after, true);
    try {
      await this.#append(before, events, new Outgoing(this.#parts, data.orderId, cause), { answer });
    } catch (error) {
      if (!storeErrors.is(error, 'stream-conflict')) throw error;
      if (await this.#parts.store.answer(answer.scope, answer.key)) throw storeErrors.error('key-used');
      throw new Refusal('order-exists', `Order ${data.orderId} has been placed.`);
    }
    return after;
  }

  /**
   * Cancels an order for its customer, who is told; a cancelled one stays as it is. The saga hears of it by the log.
   * @param owner whose order it must be; anybody's where undefined.
   * @throws Refusal `order-unknown` · `order-already-confirmed`
   */
  async cancel(orderId: string, owner: string | undefined, cause: Cause, answerOf: AnswerOf): Promise<{ after: LoadedOrder; changed: boolean }> {
    const cancelled = await this.#parts.queue.run([orderId], () => untilAppended(this.#parts, async (again) => {
      const before = await this.load(orderId, again);
      if (before.state.status !== 'absent' && owner !== undefined && before.state.customerId !== owner)
        throw new Refusal('order-unknown', 'There is no such order.');
      const events = order.decide({ type: 'CancelOrder', reason: 'requested-by-customer' }, before.state);
      const after = following(before, events);
      const outgoing = new Outgoing(this.#parts, orderId, cause);
      await this.#append(before, events, outgoing, { tasks: outgoing.notifications(events), answer: answerOf(after, events.length > 0) });
      return { after, changed: events.length > 0 };
    }));
    if (cancelled === 'already-handled') throw new Error('a request has no inbox row');
    return cancelled;
  }

  /**
   * From memory where `fresh` does not ask for what the store holds now; an order unknown here is always looked up.
   * Memory may be behind: whatever is decided on it must be appended at its version.
   */
  async load(orderId: string, fresh: boolean): Promise<LoadedOrder> {
    const name = stream.order(orderId);
    const [known] = await this.#states.load([name], fresh);
    const [loaded] = known?.version === 0 && !fresh ? await this.#states.load([name], true) : [known];
    return loaded ?? { stream: name, version: 0, state: order.initial };
  }

  /** Keeps what somebody else's append made of an order. */
  advance(before: LoadedOrder, events: OrderEvent[], version: Version): void {
    this.#states.advance(before, events, version);
  }

  async #append(before: LoadedOrder, events: OrderEvent[], outgoing: Outgoing, act: Act): Promise<void> {
    const write: StreamWrite = { stream: before.stream, expected: before.version, events: outgoing.events(events) };
    const [version] = await this.#parts.store.append([write], act);
    if (version !== undefined) this.advance(before, events, version);
  }
}

function following(before: LoadedOrder, events: OrderEvent[]): LoadedOrder {
  return { ...before, version: before.version + events.length, state: fold(order, events, before.state) };
}
