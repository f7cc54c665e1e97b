import { migrate as run } from '@tradewind/chassis/postgres/migrate.ts';
import { asParkingError } from './failure.ts';

/** Brings the tables of the parking lot up to date. @throws CodedError `parking-unavailable` */
export async function migrate(url: string): Promise<void> {
  await run({ url, folder: new URL('./migrations', import.meta.url), table: 'parking_migrations' })
    .catch((error: unknown) => { throw asParkingError(error); });
}
