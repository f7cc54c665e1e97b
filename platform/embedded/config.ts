import path from 'node:path';

export interface EmbeddedConfig { port: number; data: string }

/**
 * Reads PORT and DATA.
 * @throws Error with one line, for a user, when one is wrong.
 */
export function embeddedConfig(env: NodeJS.ProcessEnv): EmbeddedConfig {
  const port = wholeNumber(env, 'PORT', { fallback: 8080, low: 0, high: 65_535 });
  return { port, data: path.resolve(env.DATA || '.tradewind') };
}

/** A whole number from the environment. Empty counts as not set. */
export function wholeNumber(
  env: NodeJS.ProcessEnv, name: string, { fallback, low, high }: { fallback: number; low: number; high: number },
): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high)
    throw new Error(`${name} must be a whole number from ${low} to ${high}, not ${JSON.stringify(text)}`);
  return value;
}
