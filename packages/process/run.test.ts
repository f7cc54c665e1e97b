import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { testDatabase } from '../../test/database.ts';

/** A service with one slow route, on a database; it says where it listens. */
const PROGRAM = `
  import { openPostgresEventStore } from '@tradewind/event-store/postgres/store.ts';
  import { databaseConfig, processConfig } from '@tradewind/process/config.ts';
  import { runService } from '@tradewind/process/run.ts';
  import { z } from 'zod';
  await runService({
    name: 'toy', config: z.object({ ...processConfig, ...databaseConfig }),
    async open({ DATABASE_URL }, host) {
      const store = await host.openOn(DATABASE_URL, (url) => openPostgresEventStore({ url, topic: 't', name: 'toy', clock: host.world.clock }));
      return {
        name: 'toy', routes: [], problems: {}, unready: () => store.ping().then(() => []), start: async () => {}, stop: async () => console.log('stopped'),
        handler: async () => { await host.world.clock.sleep(300); return { status: 200, headers: {}, body: 'slow' }; },
      };
    },
  }, process.env);
`;

jest.setTimeout(90_000);

const running: ChildProcess[] = [];
afterEach(() => { for (const each of running.splice(0)) each.kill('SIGKILL'); });

interface Played { child: ChildProcess; said: () => { out: string; err: string }; ended: Promise<number | null> }

function play(env: Record<string, string>, ipc = false): Played {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    cwd: import.meta.dirname, env: { LOG_LEVEL: 'info', PORT: '0', ADMIN_PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? ['ipc' as const] : [])],
  });
  running.push(child);
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => { said.out += chunk.toString(); });
  child.stderr?.on('data', (chunk: Buffer) => { said.err += chunk.toString(); });
  return { child, said: () => said, ended: once(child, 'exit').then(([code]) => code as number | null) };
}

async function listening({ said }: Played): Promise<string> {
  for (const end = Date.now() + 20_000; ; await sleep(20)) {
    const url = /"url":"([^"]+)"/.exec(said().err)?.[1];
    if (url) return url;
    if (Date.now() > end) throw new Error(`it does not listen: ${said().err}`);
  }
}

const answer = async (url: string) => {
  const response = await fetch(url);
  return [response.status, await response.text()];
};

test('SIGTERM makes it unready, serves on while it drains, finishes what is in hand, and stops the service', async () => {
  const { url: DATABASE_URL, drop } = await testDatabase();
  const toy = play({ DATABASE_URL, DRAIN_MS: '500' });
  const url = await listening(toy);
  expect(await answer(`${url}/health/ready`)).toEqual([200, '{"status":"ready"}']);
  toy.child.kill('SIGTERM');
  for (let status: unknown = 200; status === 200;) [status] = await answer(`${url}/health/ready`);
  expect(await answer(`${url}/health/ready`)).toEqual([503, '{"status":"unready","reasons":["draining"]}']);
  const last = await fetch(`${url}/anything`);
  expect([last.status, last.headers.get('connection'), await last.text()]).toEqual([200, 'close', 'slow']);
  expect(await toy.ended).toBe(0);
  expect(toy.said().out).toBe('stopped\n');
  await drop();
});

test('it stops when whoever started it is gone', async () => {
  const { url: DATABASE_URL, drop } = await testDatabase();
  const toy = play({ DATABASE_URL }, true);
  await listening(toy);
  toy.child.disconnect();
  expect(await toy.ended).toBe(0);
  await drop();
});

test('settings that do not fit are one line, exit 2, and no value is shown', async () => {
  const toy = play({ PORT: 'hunter2', LOG_LEVEL: 'silent' });
  expect(await toy.ended).toBe(2);
  expect(toy.said().err).toBe('toy: PORT: must be a port; DATABASE_URL: is missing\n');
});

test('a server that refuses us is one line, exit 2; one that does not answer is waited for, then exit 1', async () => {
  const { url, drop } = await testDatabase();
  const unknown = play({ DATABASE_URL: url.replace(/\/test_\w+/, '/nowhere'), LOG_LEVEL: 'silent' });
  const away = play({ DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/toy', START_WITHIN_MS: '300', LOG_LEVEL: 'silent' });
  expect(await Promise.all([unknown.ended, away.ended])).toEqual([2, 1]);
  expect(unknown.said().err).toMatch(/^toy: PostgreSQL, database nowhere at .*does not exist\n$/);
  expect(away.said().err).toMatch(/^toy: PostgreSQL does not answer: .*database toy at 127\.0\.0\.1:1 as me: .*ECONNREFUSED.*\n$/);
  await drop();
});
