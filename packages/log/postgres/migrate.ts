import { migrate as run } from '@tradewind/chassis/postgres/migrate.ts';
import { asLogError } from './failure.ts';

/** Brings the tables of the log up to date. @throws CodedError `log-unavailable` */
export async function migrate(url: string): Promise<void> {
  await run({ url, folder: new URL('./migrations', import.meta.url), table: 'log_migrations' })
    .catch((error: unknown) => { throw asLogError(error); });
}
