import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { placeFor } from '@tradewind/embedded/place.ts';
import { startPostgres } from '@tradewind/embedded/postgres/server.ts';
import { openPostgresBook } from '@tradewind/payments/provider/postgres/book.ts';
import type { PaymentProvider } from '@tradewind/payments/provider/port.ts';
import { simulatedProvider } from '@tradewind/payments/provider/simulated.ts';
import { serveSubject } from '../embedded/subject.ts';
import { shop, type Engine, type Store } from './http.ts';

/** A PostgreSQL as the platform has it, with the provider's book, and further empty databases. */
export interface Premises { url(database: string): string; provider: PaymentProvider; close(): Promise<void> }

export async function openPremises(folder: string, databases: string[] = []): Promise<Premises> {
  const say = () => undefined;
  const postgres = await startPostgres({ folder: placeFor(`${folder}/postgres`, say), say });
  await postgres.createDatabases([...databases, 'provider']);
  const book = await openPostgresBook({ url: postgres.url('provider') });
  const provider = simulatedProvider({ book, clock, random });
  return {
    url: postgres.url, provider,
    async close() {
      provider.close();
      await book.close();
      await postgres.stop();
    },
  };
}

/** Serves the shop until whoever measures it has it stop. @param acts `stop` is called when no request comes any more */
export async function serveShop(store: Store, engine: Engine, acts: { check(): Promise<string[]>; stop(): Promise<void> }): Promise<void> {
  const server = shop(store, engine).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await serveSubject({ origin: `http://127.0.0.1:${port}`, token: 'none' }, {
    check: () => acts.check(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await acts.stop();
    },
  });
}
