import { VirtualClock } from '../../../test/virtual-clock.ts';
import { TOPIC } from '../contract/harness.ts';
import { relayContract } from '../contract/relay.contract.ts';
import { memoryEventStore } from './store.ts';

relayContract('memory', async (wakeup) => {
  const clock = new VirtualClock();
  return { store: memoryEventStore({ topic: TOPIC, name: 'test', clock, wakeup }), clock, close: async () => undefined };
});
