import { embeddedConfig, wholeNumber } from '@tradewind/embedded/config.ts';
import { startPlatform, type Platform } from '@tradewind/embedded/platform.ts';
import { untilSignal } from '@tradewind/embedded/signals.ts';
import { demo } from './demo.ts';

/** `make demo`: exit 0 the ledger holds, 1 a breach, 2 it could not run, 130 it was told to stop before the end. */
const say = (line: string) => void process.stdout.write(`${line}\n`);
// Listened for from the first: whatever the demo is at, PostgreSQL must not be left behind.
const told = untilSignal();

try {
  const { env } = process;
  const orders = wholeNumber(env, 'ORDERS', { fallback: 2_000, low: 1, high: 10_000_000 });
  const seed = wholeNumber(env, 'SEED', { fallback: 1, low: 0, high: 2 ** 31 });
  const platform = await start(env);
  say(`Tradewind is up: ${platform.origin}/console  (API documents at ${platform.origin}/docs)`);
  try {
    const holds = await Promise.race([demo({ platform, orders, seed, say, out: process.stdout }), told]);
    if (typeof holds === 'string') process.exitCode = 130;
    else process.exitCode = holds ? 0 : 1;
    if (!env.ONCE && typeof holds === 'boolean') {
      say(`The console stays up: ${platform.origin}/console  (Ctrl-C stops)`);
      await told;
    }
  } finally {
    await platform.stop();
  }
  if (env.TOPOLOGY === 'compose' && !env.ONCE) say('The servers stay up: `make down-compose` removes them and their data.');
  if (process.exitCode === 130) process.exit(); // the demo's clients would go on asking
} catch (error) {
  process.stderr.write(`tradewind: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

/** Topologies other than the usual one are loaded when they are wanted. */
async function start(env: NodeJS.ProcessEnv): Promise<Platform> {
  const topology = env.TOPOLOGY || 'embedded';
  if (topology === 'embedded') return startPlatform({ ...embeddedConfig(env), say });
  if (topology !== 'compose') throw new Error(`TOPOLOGY=${topology} is not one of: embedded, compose`);
  const [{ composeConfig }, { startCompose }] = await Promise.all([import('@tradewind/compose/config.ts'), import('@tradewind/compose/platform.ts')]);
  return startCompose({ ...composeConfig(env), say, atEnd: env.ONCE ? 'as-found' : 'leave' });
}
