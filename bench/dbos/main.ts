import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { placeFor } from '@tradewind/embedded/place.ts';
import { startPostgres } from '@tradewind/embedded/postgres/server.ts';
import { openPostgresBook } from '@tradewind/payments/provider/postgres/book.ts';
import { simulatedProvider } from '@tradewind/payments/provider/simulated.ts';
import pg from 'pg';
import { serveSubject } from '../embedded/subject.ts';
import { registerSaga } from './saga.ts';
import { shop } from './shop.ts';
import { imbalances, tables } from './tables.ts';

/** The shop on DBOS in this process, on the data folder it is given. */
const [, , folder = ''] = process.argv;
const say = () => undefined;
const postgres = await startPostgres({ folder: placeFor(`${folder}/postgres`, say), say });
await postgres.createDatabases(['shop', 'provider']);
const pool = new pg.Pool({ connectionString: postgres.url('shop'), max: Number(process.env.SHOP_CONNECTIONS || 10) });
await pool.query(tables);
const book = await openPostgresBook({ url: postgres.url('provider') });
const provider = simulatedProvider({ book, clock, random });
const saga = registerSaga(pool, provider);
DBOS.setConfig({
  name: 'shop', systemDatabaseUrl: postgres.url('shop'), systemDatabasePoolSize: Number(process.env.DBOS_CONNECTIONS || 10),
  logLevel: 'error', useListenNotify: false,
});
await DBOS.launch();
const server = shop(pool, saga).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
await serveSubject({ origin: `http://127.0.0.1:${port}`, token: 'none' }, {
  async check() {
    return (await pool.query<{ breach: string }>(imbalances)).rows.map((each) => each.breach);
  },
  async stop() {
    server.closeAllConnections();
    server.close();
    await DBOS.shutdown();
    provider.close();
    await Promise.all([pool.end(), book.close()]);
    await postgres.stop();
  },
});
