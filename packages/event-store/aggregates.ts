import type { Decider } from '@tradewind/events/decider.ts';
import { fold } from '@tradewind/events/decider.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import type { EventStore, Stream, Version } from './port.ts';

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
    const wanted = streams.filter((stream) => fresh || !this.#cache.has(stream));
    if (wanted.length > 0) {
      const { store, schema } = this.#options;
      const known = wanted.map((stream) => this.#cache.get(stream));
      const loaded = await store.load(wanted.map((stream, index) => {
        const base = known[index];
        return base ? { stream, after: base.version } : { stream, snapshotSchema: schema };
      }));
      const folded = loaded.map((each, index) => this.#fold(each, known[index]));
      if (wanted.length === streams.length) return folded;
      const byStream = new Map(folded.map((each) => [each.stream, each]));
      return streams.map((stream) => byStream.get(stream) ?? this.#cached(stream));
    }
    return streams.map((stream) => this.#cached(stream));
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

  #cached(stream: string): Loaded<State> {
    const found = this.#cache.get(stream);
    return found ?? { stream, version: 0, state: this.#options.decider.initial };
  }

  /** `base` is what was known when the events after it were asked for: by now the cache may hold another. */
  #fold(loaded: Stream, base: Loaded<State> | undefined): Loaded<State> {
    const start = loaded.snapshot ? (loaded.snapshot.state as State) : base?.state ?? this.#options.decider.initial;
    const state = fold(this.#options.decider, loaded.events.map((each) => this.#options.decode(each)), start);
    const after = { stream: loaded.stream, version: loaded.version, state };
    const newer = this.#cache.get(loaded.stream);
    if (newer && newer.version > after.version) return newer;
    this.#remember(after);
    return after;
  }

  #remember(loaded: Loaded<State>): void {
    this.#cache.delete(loaded.stream);
    this.#cache.set(loaded.stream, loaded);
    const oldest = this.#cache.keys().next().value;
    if (this.#cache.size > (this.#options.cache ?? 10_000) && oldest !== undefined) this.#cache.delete(oldest);
  }
}
