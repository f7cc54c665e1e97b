import { readConfig } from '@tradewind/chassis/config.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { z } from 'zod';
import { processConfig } from './config.ts';
import { fail } from './fail.ts';
import { patiently, untilTold } from './patience.ts';
import { reach } from './postgres/reach.ts';

const { LOG_LEVEL, START_WITHIN_MS } = processConfig;
const settingsOf = z.object({ LOG_LEVEL, START_WITHIN_MS });

/** How a service's databases are brought up to date. */
export interface MigrationRecipe<Config extends z.ZodObject> {
  name: string;
  /** Environment variables that name them. */
  config: Config;
  /** Each database's connection string, and what brings a part of its tables up to date; one after the other. */
  steps(config: z.infer<Config>): [url: string, migrate: (url: string) => Promise<void>][];
}

/**
 * Brings the databases of one service up to date and ends the process, 0 when it is done. The service does so itself when it
 * starts; this is for whoever wants it done before. Both wait for each other, and so do two of these. A server that does not answer is
 * waited for; SIGTERM ends that, but no migration under way. Otherwise one line on standard error: exit code 2 where trying again
 * would not help, or 1.
 * @param env environment variables.
 */
export async function runMigration<Config extends z.ZodObject>({ name, config, steps }: MigrationRecipe<Config>, env: Record<string, string | undefined>): Promise<void> {
  try {
    const databases = readConfig(config, env);
    const settings = readConfig(settingsOf, env);
    const logger = systemLogger({ service: name, level: settings.LOG_LEVEL });
    const patience = untilTold(settings.START_WITHIN_MS, { clock, logger });
    for (const [url, migrate] of steps(databases)) {
      await patiently('PostgreSQL', () => reach(url), patience);
      await migrate(url);
    }
    logger.info('migrated');
  } catch (error) {
    fail(`${name}, migrating`, error);
  }
}
