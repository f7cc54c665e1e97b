import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { groupStoreContract } from '../group/store.contract.ts';
import { DurableLog, MemoryTopic } from './durable.ts';
import { memoryGroups } from './groups.ts';

groupStoreContract('the memory', async () => {
  const durable = new DurableLog();
  return {
    store: memoryGroups(durable, systemClock),
    async topic(name) { durable.topics.set(name, new MemoryTopic({ name, partitions: 1 })); },
    close: async () => undefined,
  };
});
