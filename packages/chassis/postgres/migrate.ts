import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

export interface Migrations {
  /** Of the database. */
  url: string;
  /** Folder of SQL files, in the order of their names. */
  folder: URL;
  /** Table that keeps which of them were run. */
  table: string;
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Brings a database's tables up to date; processes that start at once wait for each other. The connection is our own:
 * the library's would still be closing when it returns, and an error on it then would end the process.
 * @throws whatever the driver throws.
 */
export async function migrate({ url, folder, table }: Migrations): Promise<void> {
  const dbClient = new pg.Client({ connectionString: url });
  dbClient.on('error', () => undefined);
  await dbClient.connect();
  try {
    await runner({ dbClient, dir: fileURLToPath(folder), migrationsTable: table, direction: 'up', advisoryLockMode: 'wait', logger: silent });
  } finally {
    await dbClient.end();
  }
}
