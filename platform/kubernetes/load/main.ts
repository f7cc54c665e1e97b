import { readConfig } from '@tradewind/chassis/config.ts';
import { Client } from '@tradewind/client/client.ts';
import { renewed } from '@tradewind/client/renewed.ts';
import { register } from '@tradewind/demo/register.ts';
import { untilSignal } from '@tradewind/embedded/signals.ts';
import { announce } from '@tradewind/load/announce.ts';
import { longPlan } from '@tradewind/load/plan.ts';
import { playHere } from '@tradewind/load/play.ts';
import type { Saying } from '@tradewind/load/told.ts';
import { issuerOf } from '../identity.ts';
import { config } from './config.ts';

/**
 * A steady load from within the cluster until SIGTERM, every second client on connections that it keeps and every other on
 * fresh ones. What it sees goes to standard output as it happens, a line of JSON each. Exit 0 it ended as told, 2 it could not run.
 */
let said = 0;
const say = (saying: Saying) => void process.stdout.write(`${JSON.stringify({ n: said += 1, ...saying })}\n`);

try {
  const told = untilSignal();
  const settings = readConfig(config, process.env);
  const issuer = await issuerOf(process.env);
  const [origin, token] = [() => settings.GATEWAY_URL, renewed(() => issuer.issue({ operator: 'load' }))];
  const [plan, { RUN: run, PERSIST_MS: persist }] = [longPlan(settings.SEED), settings];
  const client = new Client({ origin, token, persist });
  await register(client, plan, run, () => undefined).finally(() => client.close());
  const timeouts = { connectTimeout: settings.CONNECT_TIMEOUT_MS, answerTimeout: settings.ANSWER_TIMEOUT_MS };
  const transports = [{ ...timeouts, keepAlive: true }, { ...timeouts, keepAlive: false }];
  const play = playHere({ origin, token, plan, run, perSecond: settings.LOAD, persist, transports });
  await play.start();
  say({ type: 'started' });
  const over = new AbortController();
  const announcing = announce(play, say, over.signal);
  await told;
  await play.stop();
  over.abort();
  await announcing;
  say({ type: 'ended', oddities: [...play.oddities], resends: play.resends });
} catch (error) {
  process.stderr.write(`load: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}
