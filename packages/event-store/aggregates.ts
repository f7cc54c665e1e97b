import type { Decider } from '@tradewind/events/decider.ts';
import { fold } from '@tradewind/events/decider.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import type { EventStore, Stream, Version, Wanted } from './port.ts';

/** A state and the version of the stream it was folded from: what an append is checked against. */
export interface Loaded<State> { stream: string; version: Version; state: State }

interface Options<State, Event> {
  store: EventStore;
  decider: Pick<Decider<never, Event, State>, 'evolve' | 'initial'>;
  decode(envelope: Envelope): Event;
  /** Name of the state's shape; change it with the shape, and old snapshots are ignored. */
  schema: string;
  /** Events between two snapshots. Default 200. */
  snapshotEvery?: number;
  /** States kept in memory. Default 10,000. */
  cache?: number;
}

/**
 * States of one kind of aggregate. The cache may be behind the store: that is safe as long as whatever
 * was decided is appended at the version it was decided on, even if only as a check (`events: []`).
 */
export class Aggregates<State, Event> {
  readonly #options: Options<State, Event>;
  readonly #cache = new Map<string, Loaded<State>>();

  constructor(options: Options<State, Event>) {
    this.#options = options;
  }

  /** States of `streams`, in that order; from memory where `fresh` does not ask for what others may have written. */
  async load(streams: string[], fresh = false): Promise<Loaded<State>[]> {
    const known = new Map(streams.map((stream) => [stream, this.#cache.get(stream)]));
    const wanted = streams.filter((stream) => fresh || !known.get(stream));
    const loaded = wanted.length > 0 ? await this.#options.store.load(wanted.map((stream) => this.#wanted(stream, known.get(stream)))) : [];
    if (loaded.some(({ stream, version }) => version < (known.get(stream)?.version ?? 0))) {
      this.forget(streams); // the database was put back to an earlier state
      return this.load(streams, true);
    }
    const folded = new Map(loaded.map((each) => [each.stream, this.#fold(each, known.get(each.stream))]));
    return streams.map((stream) => folded.get(stream) ?? known.get(stream) ?? { stream, version: 0, state: this.#options.decider.initial });
  }

  /** The state in memory, or else the initial one, unasked: for what as good as always begins its stream. The append finds out. */
  presumed(stream: string): Loaded<State> {
    return this.#cache.get(stream) ?? { stream, version: 0, state: this.#options.decider.initial };
  }

  /** Keeps what an append made of a state. */
  advance(before: Loaded<State>, events: Event[], version: Version): void {
    const { store, schema, snapshotEvery = 200 } = this.#options;
    const after = { stream: before.stream, version, state: fold(this.#options.decider, events, before.state) };
    this.#remember(after);
    if (Math.floor(version / snapshotEvery) > Math.floor(before.version / snapshotEvery))
      store.saveSnapshot(after.stream, { version, schema, state: after.state }).catch(() => undefined);
  }

  /** Drops what an append proved to be out of date, or whose outcome is unknown. */
  forget(streams: string[]): void {
    for (const stream of streams) this.#cache.delete(stream);
  }

  #wanted(stream: string, known: Loaded<State> | undefined): Wanted {
    return known ? { stream, after: known.version } : { stream, snapshotSchema: this.#options.schema };
  }

  /** @param known what the events were asked to follow; the cache may hold something else by now. */
  #fold(loaded: Stream, known: Loaded<State> | undefined): Loaded<State> {
    const { decider, decode } = this.#options;
    const start = loaded.snapshot ? (loaded.snapshot.state as State) : known ? known.state : decider.initial;
    const after = { stream: loaded.stream, version: loaded.version, state: fold(decider, loaded.events.map((each) => decode(each)), start) };
    this.#remember(after);
    return after;
  }

  #remember(loaded: Loaded<State>): void {
    if ((this.#cache.get(loaded.stream)?.version ?? 0) > loaded.version) return;
    this.#cache.delete(loaded.stream);
    this.#cache.set(loaded.stream, loaded);
    if (this.#cache.size <= (this.#options.cache ?? 10_000)) return;
    // Only then: the first key of a map lies behind all that were deleted.
    const oldest = this.#cache.keys().next().value;
    if (oldest !== undefined) this.#cache.delete(oldest);
  }
}
