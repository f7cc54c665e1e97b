import type { Status } from '@tradewind/console/status.ts';
import type { Platform } from '@tradewind/embedded/platform.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { ledgerErrand } from './job/ledger.ts';
import { runInCluster } from './job/run.ts';
import type { Cluster } from './kubectl.ts';
import { forward } from './kubectl/forward.ts';
import { issuerIn } from './kubectl/identity.ts';

const PORT = 8080;
const SETTLE_WITHIN = '60s';

/** A platform that runs in a cluster, through port-forwards; the ledger is a Job there. Nothing here starts or stops it. @throws Error in one line */
export async function reachKubernetes(cluster: Cluster): Promise<Platform> {
  const issuer = await issuerIn(cluster);
  const gateway = await forward(cluster, 'gateway', PORT);
  const console = await forward(cluster, 'console', PORT).catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  return {
    origin: gateway.origin, folder: '',
    token: (subject) => issuer.issue(subject),
    status: () => statusAt(console.origin),
    verdict: (acknowledged) => verdictIn(cluster, [...acknowledged?.() ?? []]),
    async stop() {
      await Promise.all([gateway.close(), console.close()]);
    },
  };
}

async function statusAt(origin: string): Promise<Status> {
  const answer = await fetch(`${origin}/console/api/status`, { signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`the console answers ${answer.status}`);
  return await answer.json() as Status;
}

/** The ledger's, by its Job, which waits until nothing is in flight. @param ids of orders that clients were told were accepted. @throws Error in one line */
export async function verdictIn(cluster: Cluster, ids: string[]): Promise<Verdict> {
  const lines: string[] = [];
  const { args, ...errand } = ledgerErrand(ids, SETTLE_WITHIN, '--json');
  const code = await runInCluster(cluster, { ...errand, args: ['platform/cli/main.ts', ...args], line: (text) => lines.push(text), env: { MARK_ERRORS: '#' } });
  const said = (error: boolean) => lines.filter((line) => line.startsWith('#') === error);
  if (![0, 1, 3].includes(code)) throw new Error(said(true).at(-1)?.replace(/^#(tradewind: )?/, '') ?? `the ledger's Job ended with ${code}`);
  return JSON.parse(said(false).join('\n')) as Verdict;
}
