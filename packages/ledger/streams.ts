import type { Envelope } from '@tradewind/events/envelope.ts';
import type { StoreName } from './facts.ts';
import type { Handlers } from './invariant.ts';
import { hashOf } from './hash.ts';

/** What a store says of one stream, and how much of it the log has shown so far. */
export interface Stream {
  store: StoreName;
  name: string;
  /** Version of its last event. */
  version: number;
  /** First version that does not follow on the one before; 0 while there is none. */
  gap: number;
  /** First version of a type that no schema knows; 0 while there is none. */
  unknown: number;
  /** Hash of all its events. */
  hash: number;
  /** Versions that wait in the outbox. */
  waiting?: Set<number>;
  /** Up to here the log has all of it, with this hash. */
  logged: number;
  loggedHash: number;
  /** Versions beyond `logged` that the log has shown. */
  ahead?: Set<number>;
}

/** Folds the streams of all stores; their names tell the store. */
export class Streams {
  readonly #byName = new Map<string, Stream>();

  readonly on: Handlers = {
    event: ({ store, event, fact }) => {
      const stream = this.#stream(store, event.subject);
      const version = event.streamversion ?? 0;
      if (version !== stream.version + 1) stream.gap ||= version;
      if (!fact) stream.unknown ||= version;
      stream.version = Math.max(stream.version, version);
      stream.hash = following(stream.hash, event);
    },
    unpublished: ({ store, stream, version }) => {
      (this.#stream(store, stream).waiting ??= new Set()).add(version);
    },
  };

  get size(): number {
    return this.#byName.size;
  }

  all(): Iterable<Stream> {
    return this.#byName.values();
  }

  get(name: string): Stream | undefined {
    return this.#byName.get(name);
  }

  #stream(store: StoreName, name: string): Stream {
    let stream = this.#byName.get(name);
    if (!stream) {
      stream = { store, name, version: 0, gap: 0, unknown: 0, hash: 0, logged: 0, loggedHash: 0 };
      this.#byName.set(name, stream);
    }
    return stream;
  }
}

/** Hash of a stream with one event more. */
export function following(hash: number, { id, type, data }: Envelope): number {
  return hashOf(data, Math.imul(hashOf(id, hash) ^ hashOf(type), 0x01000193));
}
