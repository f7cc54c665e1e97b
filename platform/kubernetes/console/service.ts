import type { Handler } from '@tradewind/chassis/http/raw.ts';
import type { LocalIssuer } from '@tradewind/chassis/jose/issuer.ts';
import { countsAt, observe, type Observer } from '@tradewind/compose/fleet/status.ts';
import type { ConsoleSources } from '@tradewind/console/mount.ts';
import { openBrokers } from '@tradewind/embedded/brokers.ts';
import type { Reach } from '@tradewind/embedded/folder.ts';
import { openLedger } from '@tradewind/embedded/ledger.ts';
import { reportOf } from '@tradewind/embedded/verdict.ts';
import type { Made } from '@tradewind/process/run.ts';
import { lazily } from './lazily.ts';

/** Path of the public keys. */
export const KEYS = '/.well-known/jwks.json';
/** A key that is replaced is believed no longer than this. */
const KEYS_FOR_S = 60;

export interface ConsoleParts { reach: Reach; issuer: LocalIssuer; /** Origin. */ gateway: string }

/**
 * The console and the issuer's public keys, where no supervisor has them. The keys are served whatever becomes of the servers; those are
 * opened when somebody looks at the page.
 */
export function consoleService({ reach, issuer, gateway }: ConsoleParts): Made & { sources: ConsoleSources } {
  const token = () => issuer.issue({ operator: 'console' });
  const ledger = lazily(() => openLedger(reach));
  const observer = lazily(() => openObserver(reach, async () => countsAt(gateway, await token())));
  const keys = { status: 200, headers: { 'content-type': 'application/json', 'cache-control': `max-age=${KEYS_FOR_S}` }, body: JSON.stringify(issuer.jwks) };
  const handler: Handler = ({ method, path }) => Promise.resolve(method === 'GET' && path === KEYS ? keys : { status: 404, headers: {}, body: '' });
  return {
    name: 'console', routes: [], problems: {}, handler,
    sources: {
      status: async () => (await observer.get()).status(),
      ledger: async () => reportOf(await (await ledger.get()).verdict()),
      token,
    },
    start: () => Promise.resolve(),
    async stop() {
      await Promise.all([ledger.close(), observer.close()]);
    },
    unready: () => Promise.resolve([]),
  };
}

/** What is shown is read by the same user as the ledger's. */
async function openObserver(reach: Reach, counts: Parameters<typeof observe>[0]['counts']): Promise<Observer> {
  const brokers = await openBrokers(reach, 'ledger');
  const observer = observe({ databases: reach.databases, brokers, counts });
  return {
    status: () => observer.status(),
    async close() {
      await observer.close().finally(() => brokers.close());
    },
  };
}
