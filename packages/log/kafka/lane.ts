import type { PartitionOf } from '../group/store.ts';
import type { Position } from '../port.ts';
import type { ProduceBatch, Producer } from './link.ts';
import type { Encoded } from './record.ts';

/** One call to publish, until each of its messages has a position. */
export interface Call { positions: Position[]; missing: number; resolve(positions: Position[]): void; reject(error: unknown): void }

export interface Entry extends Encoded { call: Call; /** Place among the call's messages. */ at: number; /** When it was to be published. */ since: number }

/** Fits the broker's default for a batch (1 MiB) even with one message as large as the port allows. */
const BATCH_BYTES = 950_000;
const BATCH_RECORDS = 5_000;
const SEQUENCES = 2 ** 31;

/**
 * What waits for one partition, in order, and the batch on its way. The broker recognises a batch that is sent again by
 * producer id and sequence; so a batch keeps both until it is known to be written or refused.
 */
export class Lane implements PartitionOf {
  readonly topic: string;
  readonly partition: number;
  /** Sent or to be sent again. */
  batch: Entry[] = [];
  producer: Producer | undefined;
  /** On its way, or waiting before it is sent again. */
  busy = false;
  /** Times that this batch failed in a row. */
  failures = 0;
  #waiting: Entry[] = [];
  #first = 0;
  #sequence = 0;

  constructor({ topic, partition }: PartitionOf) {
    this.topic = topic;
    this.partition = partition;
  }

  get idle(): boolean {
    return this.batch.length === 0 && this.#waiting.length === this.#first;
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
  }

  /** Fills the batch to send, unless one is to be sent again. */
  load(): void {
    if (this.batch.length > 0) return;
    for (let bytes = 0; this.batch.length < BATCH_RECORDS; ) {
      const entry = this.#waiting[this.#first];
      if (!entry || (bytes > 0 && bytes + entry.bytes > BATCH_BYTES)) break;
      bytes += entry.bytes;
      this.batch.push(entry);
      this.#first += 1;
    }
    if (this.#first < this.#waiting.length && this.#first <= BATCH_RECORDS) return;
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
  }

  request(): ProduceBatch {
    return { topic: this.topic, partition: this.partition, sequence: this.#sequence, records: this.batch };
  }

  /** Sequences begin anew with a producer. */
  use(producer: Producer): void {
    this.producer = producer;
    this.#sequence = 0;
  }

  written(base: number): void {
    const { batch, partition } = this;
    this.#sequence = (this.#sequence + batch.length) % SEQUENCES;
    this.batch = [];
    this.failures = 0;
    for (const [n, { call, at }] of batch.entries()) {
      call.positions[at] = { partition, offset: base + n };
      call.missing -= 1;
      if (call.missing === 0) call.resolve(call.positions);
    }
  }

  /** Leaves half of the batch for later: it was refused as a whole. */
  halve(): void {
    const later = this.batch.splice(Math.ceil(this.batch.length / 2));
    this.#waiting = [...later, ...this.#waiting.slice(this.#first)];
    this.#first = 0;
  }

  /** The batch was refused for good. What waits behind it does not depend on it. */
  refuse(error: unknown): void {
    const { batch } = this;
    this.batch = [];
    this.failures = 0;
    for (const { call } of batch) call.reject(error);
  }

  /** Nobody knows whether the batch was written: nothing behind it may come before it is published again. */
  abandon(error: unknown): void {
    this.batch = [...this.batch, ...this.#waiting.slice(this.#first)];
    this.#waiting = [];
    this.#first = 0;
    this.refuse(error);
  }
}
