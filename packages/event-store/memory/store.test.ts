import { VirtualClock } from '../../../test/virtual-clock.ts';
import { eventStoreContract } from '../contract/event-store.contract.ts';
import { TOPIC } from '../contract/harness.ts';
import { DurableStore } from './durable.ts';
import { memoryEventStore } from './store.ts';

eventStoreContract('memory', async () => {
  const clock = new VirtualClock();
  const durable = new DurableStore();
  const open = () => memoryEventStore({ topic: TOPIC, name: 'test', clock, durable });
  return { store: open(), another: async () => open(), pass: (ms) => clock.sleep(ms), close: async () => undefined };
});
