import type { Clock } from '@tradewind/chassis/clock.ts';
import { KeyedQueue } from '@tradewind/chassis/keyed-queue.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { Aggregates, type Loaded } from '@tradewind/event-store/aggregates.ts';
import type { Act, EventStore } from '@tradewind/event-store/port.ts';
import { untilAppended } from '@tradewind/event-store/until-appended.ts';
import { decodeFact, encodeFact } from '@tradewind/events/codec.ts';
import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import type { Draft, Lineage } from '@tradewind/events/envelope.ts';
import type { PaymentEvent } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import { asksProvider, payment, type Payment, type PaymentCommand } from './domain/payment.ts';
import { chargeOnce, refundOnce } from './provider/ask.ts';
import type { Callback, PaymentProvider } from './provider/port.ts';

export type LoadedPayment = Loaded<Payment>;

/** The message that is being handled, and where it stands in the order's story. */
export interface Cause { lineage: Lineage; inbox: NonNullable<Act['inbox']> }

/** Payments by order. The provider is asked first and its answer recorded after: whoever comes between, the record is decided again. */
export class Payments {
  readonly #store: EventStore;
  readonly #provider: PaymentProvider;
  readonly #world: { clock: Clock; random: Random };
  readonly #states: Aggregates<Payment, PaymentEvent>;
  /** One order's messages wait for each other here. */
  readonly #queue = new KeyedQueue();

  constructor({ store, provider }: { store: EventStore; provider: PaymentProvider }, world: { clock: Clock; random: Random }) {
    this.#store = store;
    this.#provider = provider;
    this.#world = world;
    this.#states = new Aggregates({ store, decider: payment, decode: decodeFact<PaymentEvent['type']>, schema: 'payment.1', cache: 2_000 });
  }

  load(orderId: string): Promise<LoadedPayment> {
    return this.#load(orderId, true);
  }

  /** @param again whether this message may have reached the provider before. @throws CodedError as the provider's `charge` */
  take({ orderId, amount, paymentMethod }: CommandOf<'TakePayment'>['data'], cause: Cause, again: boolean): Promise<void> {
    return this.#queue.run([orderId], async () => {
      const { state } = await this.#load(orderId, false);
      const result = asksProvider('TakePayment', state)
        ? await chargeOnce(this.#provider, { orderId, amount, paymentMethod }, again) : { status: 'closed' as const };
      await this.#record({ type: 'TakePayment', data: { orderId, amount, result } }, cause);
    });
  }

  /** @throws CodedError as the provider's `refund`, save that a refusal for good is recorded. */
  refund(orderId: string, cause: Cause): Promise<void> {
    return this.#queue.run([orderId], async () => {
      const { state } = await this.#load(orderId, false);
      const result = asksProvider('RefundPayment', state)
        ? await refundOnce(this.#provider, orderId) : { status: 'nothing-taken' as const };
      await this.#record({ type: 'RefundPayment', data: { orderId, result } }, cause);
    });
  }

  /** Records what the provider reports by itself, which may be what nobody waited for. */
  report({ id, orderId, amount, outcome }: Callback): Promise<void> {
    const cause = {
      lineage: { correlationid: orderId, causationid: id }, inbox: { consumer: 'payments.callbacks', messageId: id },
    };
    return this.#queue.run([orderId], () =>
      this.#record({ type: 'TakePayment', data: { orderId, amount, result: outcome } }, cause));
  }

  async #record(command: PaymentCommand, { lineage, inbox }: Cause): Promise<void> {
    const { orderId } = command.data;
    await untilAppended(this.#world, async (fresh) => {
      const before = await this.#load(orderId, fresh);
      const events = payment.decide(command, before.state);
      const drafts = events.map((event) => this.#draft(event, lineage));
      await this.#store.append([{ stream: before.stream, expected: before.version, events: drafts }], { inbox });
      this.#states.advance(before, events, before.version + events.length);
    });
  }

  async #load(orderId: string, fresh: boolean): Promise<LoadedPayment> {
    const name = stream.payment(orderId);
    const [loaded] = await this.#states.load([name], fresh);
    return loaded ?? { stream: name, version: 0, state: payment.initial };
  }

  #draft(event: PaymentEvent, lineage: Lineage): Draft {
    const { clock, random } = this.#world;
    return encodeFact(event, {
      ...lineage, id: random.id(), source: '/tradewind/payments', partitionkey: event.data.orderId, now: clock.now(),
    });
  }
}
