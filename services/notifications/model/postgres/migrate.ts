import { migrate as run } from '@tradewind/chassis/postgres/migrate.ts';

/** Brings the tables of notifications up to date. */
export function migrate(url: string): Promise<void> {
  return run({ url, folder: new URL('./migrations', import.meta.url), table: 'notifications_migrations' });
}
