import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A new, empty database on the tests' server. `drop` cuts off whoever is still connected. */
export async function testDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.TRADEWIND_TEST_POSTGRES;
  if (!server) throw new Error('the tests run by `npm test`, which starts a PostgreSQL for them');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await run(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(server, `drop database ${name} with (force)`) };
}

async function run(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
