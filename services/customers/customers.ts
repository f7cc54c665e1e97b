import type { Clock } from '@tradewind/chassis/clock.ts';
import { KeyedQueue } from '@tradewind/chassis/keyed-queue.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { Aggregates, type Loaded } from '@tradewind/event-store/aggregates.ts';
import type { Act, EventStore } from '@tradewind/event-store/port.ts';
import { untilAppended } from '@tradewind/event-store/until-appended.ts';
import { decodeFact, encodeFact } from '@tradewind/events/codec.ts';
import { fold } from '@tradewind/events/decider.ts';
import type { Lineage } from '@tradewind/events/envelope.ts';
import type { CustomerEvent } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import { customer, type Customer, type CustomerCommand } from './domain/customer.ts';

export type LoadedCustomer = Loaded<Customer>;

interface Change {
  lineage: Lineage;
  /** What is committed with the events, given what they make of the customer. */
  act?: (after: LoadedCustomer) => Act;
  /** Decide on what the store holds now: for callers that would act on a refusal. */
  fresh?: boolean;
}

/** Customers by id. Every change is decided on a state and appended at the version it was decided on, or decided again. */
export class Customers {
  readonly #store: EventStore;
  readonly #world: { clock: Clock; random: Random };
  readonly #states: Aggregates<Customer, CustomerEvent>;
  /** Changes of one customer wait for each other here rather than conflict in the store. */
  readonly #queue = new KeyedQueue();

  constructor(store: EventStore, world: { clock: Clock; random: Random }) {
    this.#store = store;
    this.#world = world;
    this.#states = new Aggregates({ store, decider: customer, decode: decodeFact<CustomerEvent['type']>, schema: 'customer.1' });
  }

  /** As the store holds it now. */
  async load(customerId: string): Promise<LoadedCustomer> {
    return this.#load(stream.customer(customerId), true);
  }

  /** @returns the customer after it; `'already-handled'` when the act's inbox row was there. @throws Refusal */
  async change(command: CustomerCommand, { lineage, act, fresh = false }: Change): Promise<LoadedCustomer | 'already-handled'> {
    const name = stream.customer(command.data.customerId);
    return this.#queue.run([name], () => untilAppended(this.#world, async (again) => {
      const before = await this.#load(name, fresh || again);
      const events = customer.decide(command, before.state);
      const after = { stream: name, version: before.version + events.length, state: fold(customer, events, before.state) };
      const drafts = events.map((event) => this.#draft(event, lineage));
      await this.#store.append([{ stream: name, expected: before.version, events: drafts }], act?.(after));
      this.#states.advance(before, events, after.version);
      return after;
    }));
  }

  async #load(name: string, fresh: boolean): Promise<LoadedCustomer> {
    const [loaded] = await this.#states.load([name], fresh);
    return loaded ?? { stream: name, version: 0, state: customer.initial };
  }

  #draft(event: CustomerEvent, lineage: Lineage) {
    const { clock, random } = this.#world;
    return encodeFact(event, {
      ...lineage, id: random.id(), source: '/tradewind/customers', partitionkey: event.data.customerId, now: clock.now(),
    });
  }
}
