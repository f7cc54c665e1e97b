import { createRequire } from 'node:module';
import { Session } from 'node:inspector/promises';
import type pg from 'pg';

/** Loaded before the platform: counts its statements and profiles its CPU between two messages. */
export interface Profiled { type: 'profiled'; statements: Statements; profile: Profile }
export type Statements = Record<string, { times: number; ms: number }>;
export interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[];
  samples?: number[];
  timeDeltas?: number[];
}

const { Client } = createRequire(new URL('../../platform/embedded/platform.ts', import.meta.url))('pg') as typeof pg;
const statements: Statements = {};
type Query = (this: pg.Client & { database?: string }, config: unknown, ...rest: unknown[]) => unknown;
const query = Client.prototype.query as Query;
const counted: Query = function counted(config, ...rest) {
  const { name, text } = typeof config === 'string' ? { name: undefined, text: config } : config as { name?: string; text?: string };
  const entry = statements[`${this.database ?? '?'} ${name ?? (text ?? '?').trim().slice(0, 40)}`] ??= { times: 0, ms: 0 };
  entry.times += 1;
  const begun = performance.now();
  const callback = rest.at(-1);
  if (typeof callback === 'function') rest[rest.length - 1] = (...answer: unknown[]): unknown => {
    entry.ms += performance.now() - begun;
    return Reflect.apply(callback, undefined, answer);
  };
  const answer = query.call(this, config, ...rest);
  if (answer instanceof Promise) answer.then(() => { entry.ms += performance.now() - begun; }, () => undefined);
  return answer;
};
Object.assign(Client.prototype, { query: counted });

const session = new Session();
process.on('message', (message) => {
  if (message === 'profile') void begin();
  if (message === 'profiled') void end();
});

async function begin(): Promise<void> {
  for (const key of Object.keys(statements)) statements[key] = { times: 0, ms: 0 };
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
}

async function end(): Promise<void> {
  const { profile } = await session.post('Profiler.stop');
  process.send?.({ type: 'profiled', statements, profile } satisfies Profiled);
}
