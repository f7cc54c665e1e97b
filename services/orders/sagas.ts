import type { Clock } from '@tradewind/chassis/clock.ts';
import type { KeyedQueue } from '@tradewind/chassis/keyed-queue.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { Aggregates, type Loaded } from '@tradewind/event-store/aggregates.ts';
import type { Act, EventStore, Timer } from '@tradewind/event-store/port.ts';
import { untilAppended } from '@tradewind/event-store/until-appended.ts';
import { decodeFact } from '@tradewind/events/codec.ts';
import type { SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import type { HeardInput } from './domain/hear.ts';
import { move, orderEvents, type Move } from './domain/move.ts';
import { order } from './domain/order.ts';
import { consultsOrder, saga, type SagaInput } from './domain/saga.ts';
import type { Saga } from './domain/saga-state.ts';
import { Outgoing } from './messaging/outgoing.ts';
import { timerOf, type ParkedSaga, type TimerData } from './messaging/saga-timer.ts';
import type { Cause, LoadedOrder, Orders } from './orders.ts';

interface Parts {
  store: EventStore;
  orders: Orders;
  queue: KeyedQueue;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Told of events once they are committed. */
  count(events: SagaEvent[]): void;
  stepTimeoutMs: number;
  reminderMs: number;
}

/** Timers that are searched for parked sagas: there is one for each saga under way. */
const MOST_TIMERS = 10_000;

/** An input before the order is looked up for it. */
type Given = HeardInput | Omit<Extract<SagaInput, { type: 'timeout' }>, 'order'> | Extract<SagaInput, { type: 'resume' }>;

interface Circumstances { cause: Cause; inbox?: Act['inbox']; fresh?: boolean; timer?: TimerData }

/** The sagas, each decided on what the store holds and committed whole: its events, its order's, commands, timer and inbox row. */
export class Sagas {
  readonly #parts: Parts;
  readonly #states: Aggregates<Saga, SagaEvent>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#states = new Aggregates({
      store: parts.store, decider: saga, decode: decodeFact<SagaEvent['type']>, schema: 'order-saga.1', cache: 3_000,
    });
  }

  /** Takes a message from the log in: once in effect, however often it is delivered. */
  async hear(orderId: string, input: HeardInput, cause: Cause, inbox: Act['inbox']): Promise<void> {
    await this.#take(orderId, input, { cause, inbox });
  }

  /** Takes a due timer in; of several replicas that do, one succeeds and the others find it gone. */
  async timeout({ id: orderId, data }: Timer): Promise<void> {
    const timer = data as TimerData;
    const { awaited = [], traceparent } = timer;
    const cause = { causationid: `${orderId}:timeout`, ...(traceparent !== undefined && { traceparent }) };
    await this.#take(orderId, { type: 'timeout', awaited }, { cause, fresh: true, timer });
  }

  /** Has a parked saga's compensation tried anew. @throws Refusal `order-unknown` · `saga-not-parked` */
  async resume(orderId: string, by: string, cause: Cause): Promise<void> {
    await this.#take(orderId, { type: 'resume', by }, { cause, fresh: true });
  }

  /** Sagas that wait for a person, longest first. `complete` is false where there may be more of them. */
  async parked(now: number): Promise<{ parked: ParkedSaga[]; complete: boolean }> {
    const timers = await this.#parts.store.dueTimers(now + this.#parts.reminderMs, MOST_TIMERS);
    const parked = timers.flatMap(({ data }) => (data as TimerData).parked ?? []).sort((a, b) => a.since - b.since);
    return { parked, complete: timers.length < MOST_TIMERS };
  }

  #take(orderId: string, input: Given, circumstances: Circumstances): Promise<unknown> {
    const { queue } = this.#parts;
    return queue.run([orderId], () => untilAppended(this.#parts, async (again) => {
      const before = input.type === 'order-placed' && !again
        ? this.#states.presumed(stream.saga(orderId)) : await this.#load(orderId, again || circumstances.fresh === true);
      const consulted = consultsOrder(input, before.state) ? await this.#parts.orders.load(orderId, again) : undefined;
      const whole = { ...input, order: consulted?.state ?? order.initial };
      const made = move(whole, before.state);
      if (!circumstances.inbox && made.events.length === 0 && !made.timer) return;
      await this.#commit(orderId, { before, consulted, made }, circumstances);
      this.#report(orderId, made);
    }));
  }

  async #commit(
    orderId: string, { before, consulted, made }: { before: Loaded<Saga>; consulted: LoadedOrder | undefined; made: Move }, circumstances: Circumstances,
  ): Promise<void> {
    const { store, orders, clock, stepTimeoutMs, reminderMs } = this.#parts;
    const outgoing = new Outgoing(this.#parts, orderId, circumstances.cause);
    const toOrder = consulted ? orderEvents(made.order, consulted.state) : [];
    const timers = made.timer && timerOf(made.timer, made.after, {
      orderId, now: clock.now(), stepTimeoutMs, reminderMs, traceparent: circumstances.cause.traceparent, before: circumstances.timer,
    });
    const [version, orderVersion] = await store.append([
      { stream: before.stream, expected: before.version, events: outgoing.events(made.events) },
      ...(consulted ? [{ stream: consulted.stream, expected: consulted.version, events: outgoing.events(toOrder) }] : []),
    ], {
      ...(circumstances.inbox && { inbox: circumstances.inbox }), ...(timers && { timers }),
      tasks: [...outgoing.commands(made.commands), ...outgoing.notifications(toOrder)],
    });
    if (version !== undefined) this.#states.advance(before, made.events, version);
    if (consulted && orderVersion !== undefined) orders.advance(consulted, toOrder, orderVersion);
  }

  async #load(orderId: string, fresh: boolean): Promise<Loaded<Saga>> {
    const name = stream.saga(orderId);
    const [loaded] = await this.#states.load([name], fresh);
    return loaded ?? { stream: name, version: 0, state: saga.initial };
  }

  #report(orderId: string, { events, after, timer }: Move): void {
    this.#parts.count(events);
    if (after.status === 'parked' && timer?.type === 'remind')
      this.#parts.logger.error({ code: 'compensation-failed', orderId, step: after.steps[0], detail: after.detail }, 'a saga is parked: look into it, then resume it');
  }
}
