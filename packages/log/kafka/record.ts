import type { Envelope } from '@tradewind/events/envelope.ts';
import { logErrors, MAX_MESSAGE_BYTES, type LogRecord, type Message } from '../port.ts';
import type { PartitionOf } from '../group/store.ts';
import type { RawRecord } from './link.ts';

/** Bytes of a record beside its key and value, and a little more. */
const RECORD_OVERHEAD = 32;

/** A message as Kafka takes it: the key as it is, the envelope as JSON. */
export interface Encoded { key: Buffer; value: Buffer; bytes: number }

/** @throws CodedError `message-too-large` */
export function encodeRecord({ key, envelope }: Message): Encoded {
  const [keyBytes, value] = [Buffer.from(key), Buffer.from(JSON.stringify(envelope))];
  const bytes = keyBytes.length + value.length;
  if (bytes > MAX_MESSAGE_BYTES) throw logErrors.error('message-too-large', `${envelope.type} ${envelope.id} takes more than ${MAX_MESSAGE_BYTES} bytes`);
  return { key: keyBytes, value, bytes: bytes + RECORD_OVERHEAD };
}

/** @returns undefined for what no publisher of ours wrote: no value, or not JSON. */
export function decodeRecord({ topic, partition }: PartitionOf, { offset, at, key, value }: RawRecord): LogRecord | undefined {
  if (!value) return undefined;
  try {
    return { topic, partition, offset, at, key: key?.toString() ?? '', envelope: JSON.parse(value.toString()) as Envelope };
  } catch {
    return undefined;
  }
}
