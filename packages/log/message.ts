import { logErrors, MAX_MESSAGE_BYTES, type Message } from './port.ts';

/** UTF-16 units that can't make more bytes of UTF-8 than the limit, so that most messages need no counting. */
const SURELY_SMALL = Math.floor(MAX_MESSAGE_BYTES / 3);

/**
 * A message as one line of JSON: any key and any data, without line breaks or NUL in it.
 * @throws CodedError `message-too-large`
 */
export function encodeMessage({ key, envelope }: Message): string {
  const line = JSON.stringify({ key, envelope });
  if (line.length > SURELY_SMALL && Buffer.byteLength(line) > MAX_MESSAGE_BYTES)
    throw logErrors.error('message-too-large', `${envelope.type} ${envelope.id} takes more than ${MAX_MESSAGE_BYTES} bytes`);
  return line;
}

/** The message in a line of `encodeMessage`. */
export function decodeMessage(line: string): Message {
  return JSON.parse(line) as Message;
}

/** The messages in lines of `encodeMessage` joined by commas. */
export function decodeMessages(lines: string): Message[] {
  return JSON.parse(`[${lines}]`) as Message[];
}
