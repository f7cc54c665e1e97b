import { migrate as run } from '@tradewind/chassis/postgres/migrate.ts';

/** Brings the tables of an event store up to date. */
export function migrate(url: string): Promise<void> {
  return run({ url, folder: new URL('./migrations', import.meta.url), table: 'event_store_migrations' });
}
