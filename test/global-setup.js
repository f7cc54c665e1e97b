import { mkdtempSync, chmodSync } from 'node:fs';
import path from 'node:path';
import { startPostgres } from '../platform/embedded/postgres/server.ts';

/** One real PostgreSQL for all tests of a run; each test makes databases of its own (test/database.ts). */
export default async function setUp() {
  const folder = mkdtempSync('/var/tmp/tradewind-test-');
  chmodSync(folder, 0o755);
  const server = await startPostgres({
    folder: path.join(folder, 'postgres'), say: () => undefined, settings: { max_connections: '200' },
  });
  process.env.TRADEWIND_TEST_POSTGRES = server.url('postgres');
  globalThis.tradewindTestServer = { server, folder };
}
