import { request as ask, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream';
import { urlToHttpOptions } from 'node:url';
import type { Request, Response } from 'express';

const PATIENCE_MS = 30_000;
/** Of one connection, not of the message. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer'];

export interface Target {
  /** As `http://console:8080`: whatever the request's own target says, it goes nowhere else. */
  origin: string;
  /** Whose it is, in words: said when it does not answer. */
  name: string;
  headers: OutgoingHttpHeaders;
}

/** Hands a request on, path and query as they came, and its answer back. What is no path of this server (`//host/`, `http://host/`) is 400. */
export function handOn(incoming: Request, response: Response, { origin, name, headers }: Target): void {
  const { method, originalUrl } = incoming;
  if (!/^\/(?!\/)/.test(originalUrl)) return void response.status(400).type('text/plain').send('This is no path.\n');
  const outgoing = ask({ ...urlToHttpOptions(new URL(origin)), path: originalUrl, method, headers, timeout: PATIENCE_MS }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    pipeline(answer, response, () => undefined); // one that breaks off breaks off here too
  });
  outgoing.on('timeout', () => outgoing.destroy());
  outgoing.on('error', () => {
    if (!response.headersSent) response.status(503).set('retry-after', '1').type('text/plain').send(`${name} is not there.\n`);
    else response.destroy();
  });
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

/** Without those of a connection, and without the host. */
export function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host' && !HOP_BY_HOP.includes(name)));
}
