import { runner } from 'node-pg-migrate';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Brings the book's table up to date; processes that start at once wait for each other. The connection is our own:
 * the library's would still be closing when it returns, and an error on it then would end the process.
 */
export async function migrate(url: string): Promise<void> {
  const dbClient = new pg.Client({ connectionString: url });
  dbClient.on('error', () => undefined);
  await dbClient.connect();
  try {
    await runner({
      dbClient, dir: fileURLToPath(new URL('./migrations', import.meta.url)), migrationsTable: 'book_migrations',
      direction: 'up', advisoryLockMode: 'wait', logger: silent,
    });
  } finally {
    await dbClient.end();
  }
}
