import type { IncomingMessage } from 'node:http';

/** So much of a body that is too large is still read and dropped, so that its sender gets to see the answer. */
const DROPPED_AT_MOST = 16 * 1024 * 1024;

const none = Buffer.alloc(0);

/** The bytes of a request; `'too-large'` beyond `limit`; `'gone'` when its sender went away. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'gone'> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced === 0 && request.headers['transfer-encoding'] === undefined) return Promise.resolve(none);
  if (announced > DROPPED_AT_MOST) return Promise.resolve('too-large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (size > DROPPED_AT_MOST) resolve('too-large');
    });
    request.on('end', () => resolve(size > limit ? 'too-large' : chunks.length === 1 ? chunks[0] ?? none : Buffer.concat(chunks)));
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
}
