import { getPostgreSQLEventStore, type PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import { event, newStream } from './payload.ts';

/** Emmett's store as its documentation has it, on a pool of its own size; its tables are made beforehand. */
export async function openEmmett(url: string, connections: number): Promise<{ store: PostgresEventStore; close(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
  await store.schema.migrate();
  return {
    store,
    async close() {
      await store.close();
      await pool.end();
    },
  };
}

/** One append to a new stream. @returns the id of the event. */
export async function appendToEmmett(store: PostgresEventStore): Promise<string> {
  const stream = newStream();
  const { data, type, ...metadata } = event(stream);
  await store.appendToStream(stream, [{ type, data: data as Record<string, unknown>, metadata }], { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' });
  return metadata.id;
}
