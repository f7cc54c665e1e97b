import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { logContract } from '../contract/log.contract.ts';
import type { Log } from '../port.ts';
import { DurableLog } from './durable.ts';
import { memoryLogFeatures } from './features.ts';
import { memoryLog } from './log.ts';

logContract('the log in memory', async () => {
  const shared = { clock: systemClock, durable: new DurableLog(), wakeup: localWakeup(), leaseMs: 60_000 };
  const clients: Log[] = [];
  return {
    async client() {
      const log = memoryLog(shared);
      clients.push(log);
      return log;
    },
    close: async () => void await Promise.all(clients.map((each) => each.close())),
  };
}, memoryLogFeatures);
