import path from 'node:path';
import { withHealth } from '@tradewind/chassis/http/health.ts';
import { listen, type Listening } from '@tradewind/chassis/http/express/listen.ts';
import { undiciHttp } from '@tradewind/chassis/http/undici/client.ts';
import { openLocalIssuer, type Subject } from '@tradewind/chassis/jose/issuer.ts';
import { joseTokens } from '@tradewind/chassis/jose/tokens.ts';
import { startAll, type Part } from '@tradewind/chassis/lifecycle.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { bundle } from '@tradewind/console/bundle.ts';
import { mountConsole } from '@tradewind/console/mount.ts';
import type { Status } from '@tradewind/console/status.ts';
import { mountDocs } from '@tradewind/gateway/express/docs.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { openPostgresNotifications } from '@tradewind/notifications/model/postgres/model.ts';
import { openPostgresReadModel } from '@tradewind/order-history/read-model/postgres/read-model.ts';
import { openPostgresBook } from '@tradewind/payments/provider/postgres/book.ts';
import { simulatedProvider } from '@tradewind/payments/provider/simulated.ts';
import { type DatabaseName, databases, openAdapters } from './adapters.ts';
import { claim } from './folder.ts';
import { identity } from './identity.ts';
import { mountMetrics } from './metrics.ts';
import { placeFor } from './place.ts';
import { portIsFree } from './port.ts';
import { supervisePostgres } from './postgres/supervise.ts';
import { compose, type Served } from './services.ts';
import { statusOf } from './observe.ts';
import { reportOf, verdictOf } from './verdict.ts';

export interface PlatformOptions {
  /** Port of the gateway; 0 picks a free one. */
  port: number;
  /** Data folder. One live platform at a time. */
  data: string;
  say(line: string): void;
  /** What goes into platform.log in the data folder. Default `warn`. */
  logLevel?: 'info' | 'warn' | 'error' | 'silent';
}

/** Every service in this process, on a PostgreSQL of its own. */
export interface Platform {
  /** Of the gateway, without a slash at the end. */
  origin: string;
  folder: string;
  token(subject: Subject): Promise<string>;
  status(): Promise<Status>;
  /** What the ledger says. @param acknowledged orders that a client was told were accepted. */
  verdict(acknowledged?: () => Iterable<string>): Promise<Verdict>;
  stop(): Promise<void>;
}

/** @throws FolderInUse, or an Error in one line for a user. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  await portIsFree(options.port);
  const held = claim(options.data);
  try {
    return await start(options, held);
  } catch (error) {
    held.release();
    throw error;
  }
}

async function start({ port, say, logLevel = 'warn' }: PlatformOptions, held: ReturnType<typeof claim>): Promise<Platform> {
  const logger = systemLogger({ level: logLevel, file: path.join(held.folder, 'platform.log') });
  const postgres = await supervisePostgres({ folder: placeFor(path.join(held.folder, 'postgres'), say), say });
  const closing: (() => Promise<void> | void)[] = [() => held.release(), () => postgres.stop()];
  const stop = () => closeAll(closing.splice(0).reverse());
  try {
    await postgres.createDatabases(databases.map(inPostgres));
    const url = (name: DatabaseName) => postgres.url(inPostgres(name));
    const world = { clock, random, logger };
    const [adapters, history, notices, book, issuer, files] = await Promise.all([
      openAdapters(url, world), openPostgresReadModel({ url: url('order_history'), connections: 2 }),
      openPostgresNotifications({ url: url('notifications'), connections: 1 }),
      openPostgresBook({ url: url('provider') }), openLocalIssuer({ folder: held.folder, ...identity, clock }), bundle(),
    ]);
    const provider = simulatedProvider({ book, clock, random });
    const places = new Map<string, Listening>();
    const http = undiciHttp({ resolve: (service) => places.get(service)?.url, clock, random });
    closing.push(async () => {
      provider.close();
      await Promise.all([http.close(), adapters.close(), history.close(), notices.close(), book.close()]);
    });
    const tokens = joseTokens({ keys: { jwks: issuer.jwks }, ...identity, clock });
    const served = compose({ adapters, history, notices, provider, http, tokens, ...world });
    const status = () => statusOf(adapters, history);
    const verdict = verdictOf(url, adapters);
    const parts = served.map((each) => partOf(each, places, {
      port: each.service.name === 'gateway' ? port : 0,
      mounts: each.service.name === 'gateway' ? (app) => {
        mountMetrics(app, served);
        mountDocs(app);
        mountConsole(app, files, { status, ledger: async () => reportOf(await verdict()), token: () => issuer.issue({ operator: 'console' }) });
      } : undefined,
    }));
    const running = await startAll(parts, logger);
    closing.push(() => running.stop());
    const origin = places.get('gateway')?.url ?? '';
    held.announce({ topology: 'embedded', pid: process.pid, gateway: origin, databases: Object.fromEntries(databases.map((name) => [name, url(name)])) });
    return { origin, folder: held.folder, token: (subject) => issuer.issue(subject), status, verdict, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** Goes on past one that fails, since PostgreSQL and the folder must be let go of in any case; the first error comes out. */
async function closeAll(closing: (() => Promise<void> | void)[]): Promise<void> {
  let failure: { error: unknown } | undefined;
  for (const close of closing) {
    try {
      await close();
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure) throw failure.error;
}

type Listen = Pick<Parameters<typeof listen>[1], 'port' | 'mounts'>;

/** A service and the port it is served on: requests come only once it has started. */
function partOf({ service, handler }: Served, places: Map<string, Listening>, { port, mounts }: Listen): Part {
  return {
    name: service.name,
    async start() {
      await service.start();
      places.set(service.name, await listen(withHealth(handler, service), { port, clock, mounts }));
    },
    async stop() {
      await places.get(service.name)?.stop();
      await service.stop();
    },
  };
}

function inPostgres(name: DatabaseName): string {
  return `tradewind_${name}`;
}
