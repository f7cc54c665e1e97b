import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createEndpointHandler, type EndpointOptions } from '@restatedev/restate-sdk';
import { startRestate, type RestateServer } from './server.ts';

/** Handlers served in this process, with the Restate server that calls them. */
export interface Running extends RestateServer {
  /** Calls one through the server; resolves when that has answered. @param key calls under the same one have one effect */
  call(path: string, body: unknown, key?: string): Promise<void>;
  /** How many calls have not ended, once it waited a while for there to be none. */
  underWay(): Promise<number>;
}

const CATCH_UP_MS = 10_000;

export async function runHandlers(services: EndpointOptions['services'], folder: string): Promise<Running> {
  const handlers = createServer(createEndpointHandler({
    services, logger: ({ level }, ...message) => { if (level === 'error') console.error(...message); },
  }));
  await once(handlers.listen(0, '127.0.0.1'), 'listening');
  const server = await startRestate(folder);
  await server.register(`http://127.0.0.1:${(handlers.address() as AddressInfo).port}`);
  return {
    ...server,
    async call(path, body, key) {
      const headers = { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) };
      const { statusCode, body: reply } = await server.ingress.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
      const text = await reply.text();
      if (statusCode >= 300) throw new Error(`Restate answered ${statusCode} to ${path}: ${text}`);
    },
    async underWay() {
      for (const until = performance.now() + CATCH_UP_MS; ;) {
        const [row] = await server.query<{ number: number }>(`select count(1) as number from sys_invocation where status <> 'completed'`);
        if (row?.number === 0 || performance.now() > until) return row?.number ?? NaN;
      }
    },
    async stop() {
      await server.stop();
      handlers.close();
    },
  };
}
