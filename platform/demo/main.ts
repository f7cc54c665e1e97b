import { embeddedConfig, wholeNumber } from '@tradewind/embedded/config.ts';
import { startPlatform, type Platform } from '@tradewind/embedded/platform.ts';
import { untilSignal } from '@tradewind/embedded/signals.ts';
import { demo } from './demo.ts';

/** `make demo`: exit 0 the ledger holds, 1 a breach, 2 it could not run, 130 it was told to stop before the end. */
const say = (line: string) => void process.stdout.write(`${line}\n`);
// Listened for from the first: whatever the demo is at, PostgreSQL must not be left behind.
const told = untilSignal();

const { env } = process;
const topology = env.TOPOLOGY || 'embedded';
/** The services are processes of this one's. */
const here = topology === 'embedded' || topology === 'compose';

try {
  const orders = wholeNumber(env, 'ORDERS', { fallback: 2_000, low: 1, high: 10_000_000 });
  const seed = wholeNumber(env, 'SEED', { fallback: 1, low: 0, high: 2 ** 31 });
  const platform = await start(env);
  say(`Tradewind is up: ${platform.origin}/console  (API documents at ${platform.origin}/docs)`);
  try {
    const holds = await Promise.race([demo({ platform, orders, seed, say, out: process.stdout, here }), told]);
    if (typeof holds === 'string') process.exitCode = 130;
    else process.exitCode = holds ? 0 : 1;
    if (!env.ONCE && typeof holds === 'boolean') {
      say(`The console stays up: ${platform.origin}/console  (Ctrl-C stops)`);
      await told;
    }
  } finally {
    await platform.stop();
  }
  if (topology === 'compose' && !env.ONCE) say('The servers stay up: `make down-compose` removes them and their data.');
  if (process.exitCode === 130) process.exit(); // the demo's clients would go on asking
} catch (error) {
  process.stderr.write(`tradewind: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

/** Topologies other than the usual one are loaded when they are wanted. */
async function start(env: NodeJS.ProcessEnv): Promise<Platform> {
  switch (topology) {
    case 'embedded': return startPlatform({ ...embeddedConfig(env), say });
    case 'compose': return startOnServers(env);
    case 'kind': case 'kubernetes': return reachCluster(topology, env);
    case 'environment': return (await import('@tradewind/kubernetes/environment.ts')).reachEnvironment(env);
    default: throw new Error(`TOPOLOGY=${topology} is not one of: embedded, compose, kind, kubernetes, environment`);
  }
}

async function startOnServers(env: NodeJS.ProcessEnv): Promise<Platform> {
  const [{ composeConfig }, { startCompose }] = await Promise.all([import('@tradewind/compose/config.ts'), import('@tradewind/compose/platform.ts')]);
  return startCompose({ ...composeConfig(env), say, atEnd: env.ONCE ? 'as-found' : 'leave' });
}

async function reachCluster(topology: 'kind' | 'kubernetes', env: NodeJS.ProcessEnv): Promise<Platform> {
  const [{ clusterFrom }, { reachKubernetes }] = await Promise.all([import('@tradewind/kubernetes/kubectl/cluster.ts'), import('@tradewind/kubernetes/platform.ts')]);
  return reachKubernetes(clusterFrom(topology, env));
}
