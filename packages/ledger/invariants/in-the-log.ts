import type { Envelope } from '@tradewind/events/envelope.ts';
import type { LogRecord } from '@tradewind/log/port.ts';
import { Breaches, type Invariant } from '../invariant.ts';
import type { Read } from '../read.ts';
import { following, type Stream, type Streams } from '../streams.ts';

/**
 * Every committed event is in the log, unless it still waits in the outbox; the first occurrences of a
 * stream's events stand in its order, with the same content; the log holds nothing that no store does.
 */
export class InTheLog implements Invariant {
  readonly name = 'log-holds-every-event';
  readonly kind = 'always';
  readonly says = 'every committed event is in the log, each stream in its order';
  /** Records beyond the first of their event. */
  duplicates = 0;
  readonly #breaches = new Breaches();
  readonly #streams: Streams;
  readonly #read: Read;

  readonly on = { record: ({ record }: { record: LogRecord }) => this.#record(record) };

  constructor(streams: Streams, read: Read) {
    this.#streams = streams;
    this.#read = read;
  }

  findings() {
    let judged = 0;
    let inFlight = 0;
    for (const stream of this.#streams.all()) {
      judged += stream.version;
      const missing = missingFrom(stream);
      const waiting = missing.filter((version) => stream.waiting?.has(version)).length;
      inFlight += waiting;
      if (missing.length > waiting) this.#breaches.add(stream.name, lost(stream, missing));
      else if (missing.length === 0 && !stream.ahead && stream.loggedHash !== stream.hash)
        this.#breaches.add(stream.name, 'the log has other events than the store');
    }
    return { breaches: this.#breaches, judged, of: 'events', inFlight };
  }

  #record({ envelope, at, topic, partition, offset }: LogRecord): void {
    const version = envelope.streamversion ?? 0;
    const stream = this.#streams.get(envelope.subject);
    const place = `${topic}/${partition}/${offset}`;
    if (!stream || version > stream.version) {
      if (this.#read.before(at)) this.#breaches.add(envelope.subject, `version ${version} is in the log at ${place}, but in no store`);
    } else if (version <= stream.logged || stream.ahead?.has(version)) this.duplicates += 1;
    else this.#first(stream, envelope, version, place);
  }

  #first(stream: Stream, envelope: Envelope, version: number, place: string): void {
    if (version === stream.logged + 1) {
      stream.loggedHash = following(stream.loggedHash, envelope);
      stream.logged = version;
      while (stream.ahead?.has(stream.logged + 1)) stream.logged += 1;
    } else {
      this.#breaches.add(stream.name, `version ${version} came into the log at ${place} before version ${stream.logged + 1}`);
      (stream.ahead ??= new Set()).add(version);
    }
  }
}

function missingFrom({ version, logged, ahead }: Stream): number[] {
  const missing: number[] = [];
  for (let each = logged + 1; each <= version; each += 1) if (!ahead?.has(each)) missing.push(each);
  return missing;
}

function lost({ waiting }: Stream, missing: number[]): string {
  const versions = missing.filter((version) => !waiting?.has(version));
  return `version ${versions.slice(0, 5).join(', ')} is in the store, but neither in the log nor in the outbox`;
}
