import { migrate as run } from '@tradewind/chassis/postgres/migrate.ts';

/** Brings the tables of the read model up to date. */
export function migrate(url: string): Promise<void> {
  return run({ url, folder: new URL('./migrations', import.meta.url), table: 'read_model_migrations' });
}
