import { MAX_TASK_BYTES, tasksErrors, type Task } from './port.ts';

/** UTF-16 units that can't make more bytes of UTF-8 than the limit, so that most messages need no counting. */
const SURELY_SMALL = Math.floor(MAX_TASK_BYTES / 3);

/**
 * A message as one line of JSON: any name and any data, without line breaks or NUL in it.
 * @throws CodedError `message-too-large`
 */
export function encodeTask({ exchange, routingKey, envelope }: Task): string {
  const line = JSON.stringify({ exchange, routingKey, envelope });
  if (line.length > SURELY_SMALL && Buffer.byteLength(line) > MAX_TASK_BYTES)
    throw tasksErrors.error('message-too-large', `${envelope.type} ${envelope.id} takes more than ${MAX_TASK_BYTES} bytes`);
  return line;
}

/** The message in a line of `encodeTask`. */
export function decodeTask(line: string): Task {
  return JSON.parse(line) as Task;
}
