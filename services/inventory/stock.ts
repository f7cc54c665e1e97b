import type { Clock } from '@tradewind/chassis/clock.ts';
import { KeyedQueue } from '@tradewind/chassis/keyed-queue.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { Aggregates, type Loaded } from '@tradewind/event-store/aggregates.ts';
import type { Act, EventStore, StreamWrite } from '@tradewind/event-store/port.ts';
import { untilAppended } from '@tradewind/event-store/until-appended.ts';
import { decodeFact, encodeFact, type Stamp } from '@tradewind/events/codec.ts';
import { fold } from '@tradewind/events/decider.ts';
import type { Draft, Lineage } from '@tradewind/events/envelope.ts';
import { stream } from '@tradewind/events/ids.ts';
import { product, type Product, type ProductCommand, type ProductEvent } from './domain/product.ts';
import { decideStock, reservation, type Reservation, type ReservationEvent, type StockCommand } from './domain/reservation.ts';

export type LoadedProduct = Loaded<Product>;

/** Products and reservations. Whatever is decided is appended at the versions it was decided on, or decided again. */
export class Stock {
  readonly #store: EventStore;
  readonly #world: { clock: Clock; random: Random };
  readonly #products: Aggregates<Product, ProductEvent>;
  readonly #reservations: Aggregates<Reservation, ReservationEvent>;
  /** Appends over the same product wait for each other here rather than conflict in the store. */
  readonly #queue = new KeyedQueue();

  constructor(store: EventStore, world: { clock: Clock; random: Random }) {
    this.#store = store;
    this.#world = world;
    this.#products = new Aggregates({ store, decider: product, decode: decodeFact<ProductEvent['type']>, schema: 'product.1' });
    this.#reservations = new Aggregates({
      store, decider: reservation, decode: decodeFact<ReservationEvent['type']>, schema: 'reservation.1', cache: 2_000,
    });
  }

  /** Products as the store holds them now, in the order of `productIds`. */
  products(productIds: string[]): Promise<LoadedProduct[]> {
    return this.#products.load(productIds.map(stream.product), true);
  }

  /** @param act what is committed with the events, given what they make of the product. @throws Refusal */
  async change(command: ProductCommand, lineage: Lineage, act: (after: LoadedProduct) => Act): Promise<LoadedProduct> {
    const name = stream.product(command.data.productId);
    const changed = await this.#queue.run([name], () => untilAppended(this.#world, async () => {
      const [before = absent(name)] = await this.#products.load([name], true);
      const events = product.decide(command, before.state);
      const after = { stream: name, version: before.version + events.length, state: fold(product, events, before.state) };
      await this.#store.append([{ stream: name, expected: before.version, events: this.#drafts(events, lineage) }], act(after));
      this.#products.advance(before, events, after.version);
      return after;
    }));
    if (changed === 'already-handled') throw new Error('a request has no inbox row');
    return changed;
  }

  /** Handles a command of the saga once: every line of the order or none, and the message's inbox row, in one append. */
  async handle(command: StockCommand, lineage: Lineage, inbox: NonNullable<Act['inbox']>): Promise<void> {
    const order = stream.reservation(command.data.orderId);
    const shelves = unique(command.data.lines.map((line) => stream.product(line.productId)));
    // What is not in memory yet is fetched before the products' queues, so that nobody waits behind it.
    await Promise.all([this.#reservation(command, false), this.#products.load(shelves)]);
    await this.#queue.run([order, ...shelves], () => untilAppended(this.#world, (fresh) => this.#settle(command, { lineage, inbox, fresh })));
  }

  async #settle(
    command: StockCommand, { lineage, inbox, fresh }: { lineage: Lineage; inbox: NonNullable<Act['inbox']>; fresh: boolean },
  ): Promise<void> {
    const order = stream.reservation(command.data.orderId);
    const held = await this.#reservation(command, fresh);
    const lines = held.state.status === 'reserved' ? [...held.state.lines, ...command.data.lines] : command.data.lines;
    const products = await this.#products.load(unique(lines.map((line) => stream.product(line.productId))), fresh);
    const byName = new Map(products.map((each) => [each.stream, each]));
    const decision = decideStock(command, held.state, (productId) => byName.get(stream.product(productId))?.state ?? product.initial);

    const touched = products.map((before) => ({ before, shares: decision.shares.filter((share) => stream.product(share.data.productId) === before.stream) }))
      .filter(({ before, shares }) => shares.length > 0 || decision.restsOn.some((productId) => stream.product(productId) === before.stream));
    const writes: StreamWrite[] = [
      { stream: order, expected: held.version, events: this.#drafts(decision.reservation, lineage) },
      ...touched.map(({ before, shares }) => ({ stream: before.stream, expected: before.version, events: this.#drafts(shares, lineage) })),
    ];
    const [version = held.version, ...versions] = await this.#store.append(writes, { inbox });
    this.#reservations.advance(held, decision.reservation, version);
    touched.forEach(({ before, shares }, index) => this.#products.advance(before, shares, versions[index] ?? before.version));
  }

  async #reservation({ type, data: { orderId } }: StockCommand, fresh: boolean): Promise<Loaded<Reservation>> {
    const name = stream.reservation(orderId);
    const presumed = this.#reservations.presumed(name);
    if (type === 'ReserveStock' && !fresh) return presumed;
    const [loaded] = await this.#reservations.load([name], fresh);
    return loaded ?? presumed;
  }

  #drafts(events: (ProductEvent | ReservationEvent)[], lineage: Lineage): Draft[] {
    return events.map((event) => encodeFact(event, {
      ...stamp(this.#world, lineage), partitionkey: 'productId' in event.data ? event.data.productId : event.data.orderId,
    }));
  }
}

/** What messages of inventory carry besides their own content and key. */
export function stamp({ clock, random }: { clock: Clock; random: Random }, lineage: Lineage): Omit<Stamp, 'partitionkey'> {
  return { ...lineage, id: random.id(), source: '/tradewind/inventory', now: clock.now() };
}

function absent(name: string): LoadedProduct {
  return { stream: name, version: 0, state: product.initial };
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
