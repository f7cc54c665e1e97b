import { migrate as run } from '@tradewind/chassis/postgres/migrate.ts';
import { asTasksError } from './failure.ts';

/** Brings the tables of the queues up to date. @throws CodedError `tasks-unavailable` */
export async function migrate(url: string): Promise<void> {
  await run({ url, folder: new URL('./migrations', import.meta.url), table: 'tasks_migrations' })
    .catch((error: unknown) => { throw asTasksError(error); });
}
