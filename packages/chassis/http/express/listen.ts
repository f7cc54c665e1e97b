import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCatalogue } from '@tradewind/events/errors.ts';
import express, { type Express, type NextFunction, type Request as ExpressRequest, type Response as ExpressResponse } from 'express';
import type { Clock } from '../../clock.ts';
import { failureOf } from '../failure.ts';
import { Problem } from '../problem.ts';
import type { Handler, RawResponse } from '../raw.ts';
import type { Running } from '../../service.ts';
import { readBody } from './body.ts';
import { answerUnreadable } from './unreadable.ts';

export interface ListenOptions {
  /** 0 picks a free one. */
  port: number;
  /** Default 127.0.0.1. */
  host?: string;
  clock: Clock;
  /** Largest body in bytes. Default 100 KB. */
  bodyLimit?: number;
  /** How long `stop` waits for requests in hand, in ms. Default 10 s. */
  graceMs?: number;
  /** Hangs pages of its own beneath the app, in front of the handler. */
  mounts?: (app: Express) => void;
}

export interface Listening extends Running {
  port: number;
  /** Without a slash at the end. */
  url: string;
  /** From now on each answer is its connection's last, so that clients go elsewhere; new connections are still taken. */
  drain(): void;
}

export const listenErrors = errorCatalogue('listen', {
  'port-in-use': { title: 'Another program listens on this port', canRetry: false },
  'port-refused': { title: 'This port or address may not be listened on', canRetry: false },
});

/**
 * Serves a handler over HTTP/1.1. Bodies arrive whole; one over the limit is answered `body-too-large`.
 * `stop` takes no new connection, finishes the requests in hand and closes idle connections.
 * @throws CodedError `port-in-use` · `port-refused`
 */
export async function listen(handler: Handler, options: ListenOptions): Promise<Listening> {
  const { host = '127.0.0.1', bodyLimit = 100 * 1024, graceMs = 10_000, clock } = options;
  let [draining, stopping] = [false, false];
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request: ExpressRequest, response: ExpressResponse, next: NextFunction) => {
    if (draining) response.set('connection', 'close');
    // An answer that was begun before `stop` does not say `connection: close`: its connection goes when it is idle.
    response.once('close', () => { if (stopping) setImmediate(() => server.closeIdleConnections()); });
    next();
  });
  options.mounts?.(app);
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000, connectionsCheckingInterval: 5_000 }, app);
  server.on('clientError', answerUnreadable);
  app.use(async (request: ExpressRequest, response: ExpressResponse) => {
    const answer = await answerOf(handler, request, bodyLimit);
    if (answer) send(response, answer, draining || stopping || answer.status === 413);
  });
  app.use((error: unknown, request: ExpressRequest, response: ExpressResponse, next: NextFunction) => {
    if (response.headersSent) next(error);
    else send(response, failed(error, request), true);
  });
  await bound(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  return {
    port, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    drain() {
      draining = true;
    },
    stop() {
      stopping = true;
      return closed(server, clock, graceMs);
    },
  };
}

/** Undefined when whoever asked went away meanwhile. */
async function answerOf(handler: Handler, request: ExpressRequest, bodyLimit: number): Promise<RawResponse | undefined> {
  const body = await readBody(request, bodyLimit);
  if (body === 'gone') return undefined;
  if (body === 'too-large') return problem(new Problem('body-too-large', `The body is larger than ${bodyLimit} bytes.`));
  const { method, originalUrl: path } = request;
  const remote = request.socket.remoteAddress;
  return handler({ method, path, headers: headersOf(request), body, ...(remote ? { remote } : {}) });
}

/** Node joins repeated headers itself, all but `set-cookie`, which no request has. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') plain[name] = value;
  }
  return plain;
}

function send(response: ServerResponse, { status, headers, body }: RawResponse, last: boolean): void {
  if (response.destroyed || response.headersSent) return;
  const all: Record<string, string> = last ? { ...headers, connection: 'close' } : { ...headers };
  if (status !== 204 && status !== 304) all['content-length'] ??= String(Buffer.byteLength(body));
  response.writeHead(status, all);
  response.end(body);
}

/** Handlers do not reject; pages mounted beside them may: a path that Express cannot decode, or a bug. */
function failed(error: unknown, { headers }: ExpressRequest): RawResponse {
  const blamed = typeof error === 'object' && error !== null && 'status' in error && Number(error.status) < 500;
  return problem(blamed ? new Problem('route-unknown', 'No such resource.') : error, String(headers['x-request-id'] ?? ''));
}

function problem(error: unknown, requestId = ''): RawResponse {
  const { details, headers } = failureOf(error, {}, requestId);
  if (!requestId) delete details.instance;
  return { status: details.status, headers: { ...headers, 'content-type': 'application/problem+json' }, body: JSON.stringify(details) };
}

function bound(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenErrors.error(
      cause.code === 'EADDRINUSE' ? 'port-in-use' : 'port-refused', reasonOf(cause, `${host}:${port}`), { cause })));
    server.listen(port, host, resolve);
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException, address: string): string {
  return code === 'EADDRINUSE' ? `another program listens on ${address}` : `${address} may not be listened on (${code ?? message})`;
}

/** Idle connections go at once, each other one after its answer; those that hang are cut after the grace. */
function closed(server: Server, clock: Clock, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = clock.after(graceMs, () => server.closeAllConnections());
    server.close(() => {
      cut();
      resolve();
    });
    server.closeIdleConnections();
  });
}
