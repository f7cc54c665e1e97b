import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { failureOf } from '../failure.ts';
import { Problem } from '../problem.ts';

const CODES: Record<string, string> = { HPE_HEADER_OVERFLOW: 'headers-too-large', ERR_HTTP_REQUEST_TIMEOUT: 'request-too-slow' };

/** Answers, on the bare connection, what never became a request, and closes it. */
export function answerUnreadable({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { details } = failureOf(new Problem(CODES[code] ?? 'malformed-http', 'No request could be read.'), {}, '');
  delete details.instance;
  const body = JSON.stringify(details);
  const headers = ['content-type: application/problem+json', `content-length: ${Buffer.byteLength(body)}`, 'cache-control: no-store', 'connection: close'];
  socket.end([`HTTP/1.1 ${details.status} ${STATUS_CODES[details.status] ?? ''}`, ...headers, '', body].join('\r\n'));
}
