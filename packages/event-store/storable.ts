import type { Act, StreamWrite } from './port.ts';
import { storeErrors } from './port.ts';

/** Room for what an adapter of the log adds is left below its own limit, so that whatever is stored can be published. */
const MAX_MESSAGE_BYTES = 900_000;
const MAX_NAME = 256;

/** NUL or half a surrogate pair, as JSON.stringify writes them, behind an even number of backslashes. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/**
 * JSON of a value (null for undefined).
 * @throws CodedError `event-invalid` when a database could not keep it, or it is no JSON.
 */
export function storable(value: unknown, what: string): string {
  const json = stringify(value, what);
  if (json.includes('\\u') && UNSTORABLE.test(json)) throw invalid(`${what} has NUL or half a surrogate pair in a string`);
  return json;
}

/** JSON of an event or task. @throws CodedError `event-invalid` also when it is over the size limit. */
export function storableMessage(value: unknown, what: string): string {
  const json = storable(value, what);
  if (json.length * 3 > MAX_MESSAGE_BYTES && Buffer.byteLength(json) > MAX_MESSAGE_BYTES)
    throw invalid(`${what} is over ${MAX_MESSAGE_BYTES} bytes`);
  return json;
}

/** @throws CodedError `event-invalid` when a name in the append cannot be stored, or a stream is written twice. */
export function checkNames(writes: StreamWrite[], act: Act): void {
  for (const { stream } of writes) checkName(stream, 'stream name');
  if (new Set(writes.map((write) => write.stream)).size < writes.length) throw invalid('a stream is written twice in one append');
  for (const name of namesOf(act)) checkName(name, 'name');
}

function namesOf({ inbox, answer, tasks = [], timers = {} }: Act): string[] {
  const { set = [], clear = [] } = timers;
  return [
    ...(inbox ? [inbox.consumer, inbox.messageId] : []),
    ...(answer ? [answer.scope, answer.key, answer.fingerprint] : []),
    ...tasks.flatMap(({ exchange, routingKey }) => [exchange, routingKey]),
    ...set.map((timer) => timer.id),
    ...clear,
  ];
}

function checkName(name: string, what: string): void {
  if (name.length > MAX_NAME) throw invalid(`${what}: ${name.slice(0, 40)}… is over ${MAX_NAME} characters`);
  if (name.includes('\0') || !name.isWellFormed()) throw invalid(`${what} has NUL or half a surrogate pair in it`);
}

function stringify(value: unknown, what: string): string {
  try {
    return JSON.stringify(value ?? null);
  } catch (cause) {
    throw storeErrors.error('event-invalid', `${what} is no JSON`, { cause });
  }
}

function invalid(detail: string): Error {
  return storeErrors.error('event-invalid', detail);
}
