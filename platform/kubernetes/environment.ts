import type { Platform } from '@tradewind/embedded/platform.ts';
import { openBrokers } from '@tradewind/embedded/brokers.ts';
import { openLedger } from '@tradewind/embedded/ledger.ts';
import { countsAt, observe } from '@tradewind/compose/fleet/status.ts';
import { gatewayOf } from './gateway.ts';
import { issuerOf } from './identity.ts';
import { reachOf } from './reach.ts';

/** The platform in the cluster that this process is in too, as its variables say. @throws CodedError `config-invalid`, and what its servers throw */
export async function reachEnvironment(env: NodeJS.ProcessEnv): Promise<Platform> {
  const origin = gatewayOf(env);
  const reach = reachOf(env);
  const issuer = await issuerOf(env);
  const ledger = await openLedger(reach);
  const brokers = await openBrokers(reach);
  const observer = observe({ databases: reach.databases, brokers, counts: async () => countsAt(origin, await issuer.issue({ operator: 'demo' })) });
  return {
    origin, folder: '',
    token: (subject) => issuer.issue(subject),
    status: () => observer.status(),
    verdict: (acknowledged) => ledger.verdict(acknowledged),
    async stop() {
      await observer.close();
      await Promise.all([ledger.close(), brokers.close()]);
    },
  };
}
