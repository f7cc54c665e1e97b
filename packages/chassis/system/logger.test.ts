import { execFile } from 'node:child_process';
import { expect, test } from '@jest/globals';

const logging = (level: string) => `
  import { systemLogger } from '@tradewind/chassis/system/logger.ts';
  const logger = systemLogger({ level: '${level}', service: 'orders' });
  logger.info({ order: 'o-1' }, 'placed');
  process.kill(process.pid, 'SIGKILL');
`;

/** What a process that logs and is then killed leaves on standard error and standard output. */
function run(level: string): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', logging(level)], { cwd: import.meta.dirname }, (_, stdout, stderr) =>
      resolve({ stdout, stderr }));
  });
}

test('lines are JSON on standard error, and are there even after kill -9', async () => {
  const { stdout, stderr } = await run('info');
  expect(stdout).toBe('');
  expect(JSON.parse(stderr)).toMatchObject({ msg: 'placed', service: 'orders', order: 'o-1' });
});

test('lines beneath the level are left out', async () => {
  expect((await run('warn')).stderr).toBe('');
});
