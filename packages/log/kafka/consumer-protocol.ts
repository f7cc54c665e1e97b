import type { PartitionOf } from '../group/store.ts';
import { byTopic } from './link.ts';

/** What a member tells the group's leader: Kafka's own format (ConsumerProtocolSubscription, version 1), so that its tools can read it. */
export interface Interest { topics: string[]; /** Still in its hands. */ owned: PartitionOf[] }

const VERSION = 1;

export function encodeInterest({ topics, owned }: Interest): Buffer {
  return Buffer.concat([int16(VERSION), array(topics.map(string)), bytes(undefined), partitions(owned)]);
}

export function decodeInterest(data: Buffer): Interest {
  const reader = new Reader(data);
  reader.int16();
  const topics = reader.array(() => reader.string());
  reader.bytes();
  return { topics, owned: reader.partitions() };
}

export function encodeAssignment(assigned: PartitionOf[]): Buffer {
  return Buffer.concat([int16(VERSION), partitions(assigned), bytes(undefined)]);
}

/** Nothing at all means no partitions. */
export function decodeAssignment(data: Buffer): PartitionOf[] {
  if (data.length === 0) return [];
  const reader = new Reader(data);
  reader.int16();
  return reader.partitions();
}

function int16(value: number): Buffer {
  const data = Buffer.alloc(2);
  data.writeInt16BE(value);
  return data;
}

function int32(value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeInt32BE(value);
  return data;
}

function string(value: string): Buffer {
  const data = Buffer.from(value);
  return Buffer.concat([int16(data.length), data]);
}

function bytes(value: Buffer | undefined): Buffer {
  return value ? Buffer.concat([int32(value.length), value]) : int32(-1);
}

function array(items: Buffer[]): Buffer {
  return Buffer.concat([int32(items.length), ...items]);
}

function partitions(of: PartitionOf[]): Buffer {
  return array(byTopic(of).map(([topic, own]) => Buffer.concat([string(topic), array(own.map(({ partition }) => int32(partition)))])));
}

class Reader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  int16(): number {
    this.#at += 2;
    return this.#data.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#data.readInt32BE(this.#at - 4);
  }

  string(): string {
    const length = this.int16();
    this.#at += length;
    return this.#data.toString('utf8', this.#at - length, this.#at);
  }

  bytes(): Buffer | undefined {
    const length = this.int32();
    if (length < 0) return undefined;
    this.#at += length;
    return this.#data.subarray(this.#at - length, this.#at);
  }

  array<Item>(read: () => Item): Item[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  partitions(): PartitionOf[] {
    return this.array(() => {
      const topic = this.string();
      return this.array(() => ({ topic, partition: this.int32() }));
    }).flat();
  }
}
