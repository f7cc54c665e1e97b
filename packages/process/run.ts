import { readConfig } from '@tradewind/chassis/config.ts';
import { serveAdmin } from '@tradewind/chassis/http/express/admin.ts';
import { listen, type Listening, type ListenOptions } from '@tradewind/chassis/http/express/listen.ts';
import { handlerOf } from '@tradewind/chassis/http/handler.ts';
import { withHealth } from '@tradewind/chassis/http/health.ts';
import type { Handler } from '@tradewind/chassis/http/raw.ts';
import type { Part } from '@tradewind/chassis/lifecycle.ts';
import type { Service, World } from '@tradewind/chassis/service.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { run } from '@tradewind/chassis/system/run.ts';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { z } from 'zod';
import { processConfig, type ProcessConfig } from './config.ts';
import { fail } from './fail.ts';
import { Host } from './host.ts';
import { untilTold } from './patience.ts';

/** A service with the handler that its port is served by, where it is not the usual one of its routes. */
export type Made = Service & { handler?: Handler };

type Schema = z.ZodObject<typeof processConfig>;

/** How a service becomes a process. */
export interface Recipe<Config extends Schema, M extends Made> {
  name: string;
  /** Its environment variables. */
  config: Config;
  /** Opens the ports that the settings name, and makes the service. */
  open(config: z.infer<Config>, host: Host): Promise<M>;
  /** Pages beneath the app, in front of the handler. */
  mounts?: (config: z.infer<Config>, made: M) => ListenOptions['mounts'];
}

/**
 * Runs one service as this process until SIGTERM or SIGINT, or until the channel to whoever started it closes. What goes
 * wrong at the start is one line on standard error: exit code 2 where no restart would help, otherwise 1.
 * @param env environment variables.
 */
export async function runService<Config extends Schema, M extends Made>(recipe: Recipe<Config, M>, env: Record<string, string | undefined>): Promise<void> {
  try {
    const config = readConfig(recipe.config, env);
    const settings = readConfig(z.object(processConfig), env);
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    const world = { clock, random, logger: systemLogger({ service: recipe.name, level: settings.LOG_LEVEL }), metrics: new Registry() };
    collectDefaultMetrics({ register: world.metrics });
    const parts = partsOf({ name: recipe.name, settings, world, open: (host) => recipe.open(config, host), mounts: (made) => recipe.mounts?.(config, made) });
    await run(parts, { logger: world.logger, graceMs: settings.DRAIN_MS + settings.STOP_WITHIN_MS });
  } catch (error) {
    fail(recipe.name, error);
  }
  process.exit(0); // whatever a library still keeps alive
}

interface Plan<M> { name: string; settings: ProcessConfig; world: World; open(host: Host): Promise<M>; mounts(made: M): ListenOptions['mounts'] }

/** Health is told from the first to the last; requests come once the service has started, and while it drains. */
function partsOf<M extends Made>({ name, settings: { HOST: host, ...settings }, world, open, mounts }: Plan<M>): Part[] {
  const ports = new Host(name, world, untilTold(settings.START_WITHIN_MS, world));
  let state: 'starting' | 'up' | 'draining' = 'starting';
  let made: M | undefined;
  const health: Pick<Service, 'unready' | 'readiness'> = {
    unready: () => state === 'up' && made ? made.unready() : Promise.resolve([state]),
    readiness: () => state === 'up' && made?.readiness ? made.readiness() : Promise.resolve({}),
  };
  let handler: Handler = () => Promise.reject(new Error('it has not started'));
  return [
    listener('admin', () => serveAdmin(health, world.metrics, { host, port: settings.ADMIN_PORT, clock })),
    {
      name: 'service',
      async start() {
        made = await open(ports);
        await made.start();
        handler = made.handler ?? handlerOf(made, world);
      },
      async stop() {
        await made?.stop().finally(() => ports.close());
      },
    },
    listener('http', async () => {
      const listening = await listen(withHealth(handler, health), { host, port: settings.PORT, clock, mounts: made && mounts(made) });
      world.logger.info({ url: listening.url }, 'listening');
      state = 'up';
      return listening;
    }, (listening) => {
      state = 'draining';
      listening.drain();
      return clock.sleep(settings.DRAIN_MS);
    }),
  ];
}

/** @param before the port is closed. */
function listener(name: string, open: () => Promise<Listening>, before?: (listening: Listening) => Promise<void>): Part {
  let listening: Listening | undefined;
  return {
    name,
    async start() {
      listening = await open();
    },
    async stop() {
      if (!listening) return;
      await before?.(listening);
      await listening.stop();
    },
  };
}
