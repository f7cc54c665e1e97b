import { expect, test } from '@jest/globals';
import { testDatabase } from '../../../../test/database.ts';
import { recordAt, parkingLotContract } from '../contract/lot.contract.ts';
import { openPostgresParkingLot } from './lot.ts';

parkingLotContract('PostgreSQL', async () => {
  const { url, drop } = await testDatabase();
  const [lot, other] = [await openPostgresParkingLot({ url }), await openPostgresParkingLot({ url })];
  return {
    lot, other,
    async close() {
      await Promise.all([lot.close(), other.close()]);
      await drop();
    },
  };
});

test('a server that does not answer is an outage', async () => {
  const { url, drop } = await testDatabase();
  const lot = await openPostgresParkingLot({ url });
  await drop();
  await expect(lot.standing('g')).rejects.toMatchObject({ code: 'parking-unavailable', canRetry: true });
  await expect(lot.park('g', { record: recordAt('a', 1), key: 'a', at: 1 })).rejects.toMatchObject({ code: 'parking-unavailable' });
  await lot.close();
});
