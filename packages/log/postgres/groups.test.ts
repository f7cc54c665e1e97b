import { testDatabase } from '../../../test/database.ts';
import { groupStoreContract } from '../group/store.contract.ts';
import { connect } from './database.ts';
import { postgresGroups } from './groups.ts';
import { migrate } from './migrate.ts';
import { Reader } from './reader.ts';
import { Topics } from './topics.ts';

groupStoreContract('PostgreSQL', async () => {
  const { url, drop } = await testDatabase();
  await migrate(url);
  const [durable, quick] = [connect(url, { durable: true }), connect(url, { durable: false })];
  const topics = new Topics(durable);
  return {
    store: postgresGroups({ durable, quick, topics, reader: new Reader(quick, topics) }),
    topic: (name) => topics.ensure([{ name, partitions: 1 }]),
    async close() {
      await Promise.all([durable.close(), quick.close()]);
      await drop();
    },
  };
});
