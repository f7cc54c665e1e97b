import type { Message, Options } from 'amqplib';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { encodeTask } from '../message.ts';
import { MAX_TASK_BYTES, type DeadLetter, type Delivery, type Task } from '../port.ts';

/** On messages that were moved: what their first publishing said, and what has become of them since. */
interface Headers {
  exchange?: string;
  'routing-key'?: string;
  attempt?: number;
  /** All retries, the uncounted ones too. */
  retries?: number;
  redelivered?: boolean;
  /** Why it was moved last, and first. */
  reason?: string;
  'first-reason'?: string;
  /** Of a dead letter: its own id, and when it died, in epoch ms. */
  letter?: string;
  'died-at'?: number;
  /** The server's own, of what it gave up on. */
  'x-death'?: Death[];
}
interface Death { reason: string; exchange: string; 'routing-keys': string[]; time: { value: number } }

/** A message on its way to the server. */
export interface Outgoing { exchange: string; routingKey: string; content: Buffer; options: Options.Publish & { messageId: string } }

export interface Arrived { delivery: Delivery; retries: number; firstReason?: string }

const PROPERTIES = { persistent: true, contentType: 'application/cloudevents+json' };

/** What is further from the limit than this, names and all, needs no counting. */
const SURELY_SMALL = MAX_TASK_BYTES - 10_000;

/** @throws CodedError `message-too-large` */
export function published({ exchange, routingKey, envelope }: Task): Outgoing {
  const content = Buffer.from(JSON.stringify(envelope));
  // The limit is of the task as other adapters encode it: the same for all.
  if (content.length > SURELY_SMALL) encodeTask({ exchange, routingKey, envelope });
  return { exchange, routingKey, content, options: { ...PROPERTIES, mandatory: true, messageId: envelope.id } };
}

export function arrived(queue: string, message: Message): Arrived {
  const headers = headersOf(message);
  return {
    delivery: {
      queue, ...origin(message, headers), envelope: envelopeOf(message),
      attempt: headers.attempt ?? 1, redelivered: message.fields.redelivered || headers.redelivered === true,
    },
    retries: headers.retries ?? 0,
    ...(headers['first-reason'] !== undefined && { firstReason: headers['first-reason'] }),
  };
}

/** The headers for a delivery that is moved. */
export function movedHeaders({ delivery, firstReason }: Arrived, reason: string, counts: { attempt: number; retries: number }): Headers {
  const { exchange, routingKey, redelivered } = delivery;
  return { exchange, 'routing-key': routingKey, ...counts, reason, 'first-reason': firstReason ?? reason, ...(redelivered && { redelivered }) };
}

export function deathHeaders(letter: string, at: number): Headers {
  return { letter, 'died-at': at };
}

/** The properties that a moved message takes with it. */
export function movedOptions({ properties: { messageId } }: Message, headers: Headers): Outgoing['options'] {
  return { ...PROPERTIES, mandatory: true, messageId: String(messageId ?? ''), headers };
}

/** A dead letter; of one that the server gave up on, what the server says of it. */
export function letterOf(message: Message): DeadLetter {
  const headers = headersOf(message);
  const death = headers['x-death']?.[0];
  return {
    id: letterId(message), attempts: headers.attempt ?? 1,
    reason: headers.letter === undefined && death ? `the server gave it up: ${death.reason}` : headers.reason ?? '',
    at: headers['died-at'] ?? (death?.time.value ?? 0) * 1_000,
    ...origin(message, headers), envelope: anyEnvelope(message),
  };
}

export function letterId(message: Message): string {
  return headersOf(message).letter ?? String(message.properties.messageId);
}

/** The headers of a letter that is put back: attempts are counted anew. */
export function redrivenHeaders(message: Message): Headers {
  const { exchange, routingKey } = origin(message, headersOf(message));
  return { exchange, 'routing-key': routingKey };
}

function headersOf({ properties: { headers } }: Message): Headers {
  return (headers ?? {}) as Headers;
}

/** Where it was published first, whatever ways it went since. */
function origin({ fields }: Message, { exchange, 'routing-key': routingKey, 'x-death': deaths }: Headers): { exchange: string; routingKey: string } {
  const [death] = deaths ?? [];
  return {
    exchange: exchange ?? death?.exchange ?? fields.exchange,
    routingKey: routingKey ?? death?.['routing-keys'][0] ?? fields.routingKey,
  };
}

/** @throws Error for what is no envelope */
function envelopeOf({ content }: Message): Envelope {
  const parsed: unknown = JSON.parse(content.toString());
  if (typeof (parsed as Envelope | null)?.id !== 'string') throw new Error('the message is no envelope');
  return parsed as Envelope;
}

/** What others put into a queue of ours can be looked at, and thrown away. */
function anyEnvelope(message: Message): Envelope {
  try {
    return envelopeOf(message);
  } catch {
    const id = letterId(message);
    return {
      specversion: '1.0', id, source: 'unknown', type: 'unknown', subject: 'unknown', time: new Date(0).toISOString(), datacontenttype: 'application/json',
      partitionkey: 'unknown', correlationid: id, causationid: id, data: message.content.toString(),
    };
  }
}
