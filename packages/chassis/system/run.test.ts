import { spawn } from 'node:child_process';
import { expect, test } from '@jest/globals';

const program = (stop: string, start: string) => `
  import { run } from '@tradewind/chassis/system/run.ts';
  import { systemLogger } from '@tradewind/chassis/system/logger.ts';
  const alive = setInterval(() => undefined, 1000);
  const part = {
    name: 'part', start: async () => { console.log('started'); ${start} },
    stop: async () => { console.log('stopping'); ${stop}; clearInterval(alive); },
  };
  await run([part], { logger: systemLogger({ level: 'silent' }), graceMs: 200 });
  console.log('all stopped');
`;

/** Runs the program, sends it signals at what it says, and returns all it said and its exit code. */
function play(stop: string, signals: Record<string, NodeJS.Signals[]>, start = ''): Promise<{ said: string[]; code: number | null }> {
  return new Promise((resolve) => {
    const said: string[] = [];
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(stop, start)], { cwd: import.meta.dirname });
    child.stdout.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().trim().split('\n')) {
        said.push(line);
        for (const signal of signals[line] ?? []) child.kill(signal);
      }
    });
    child.on('close', (code) => resolve({ said, code }));
  });
}

test('SIGTERM stops what was started, and the process ends well', async () => {
  expect(await play('', { started: ['SIGTERM'] })).toEqual({ said: ['started', 'stopping', 'all stopped'], code: 0 });
});

test('a second signal ends the process at once, and so does a stop that hangs', async () => {
  const hang = 'await new Promise(() => undefined)';
  expect(await play(hang, { started: ['SIGINT'], stopping: ['SIGINT'] })).toEqual({ said: ['started', 'stopping'], code: 1 });
  expect(await play(hang, { started: ['SIGTERM'] })).toEqual({ said: ['started', 'stopping'], code: 1 });
});

test('a start under way is awaited and then undone; one that hangs has no longer than a stop', async () => {
  const slow = 'await new Promise((resolve) => setTimeout(resolve, 50))';
  expect(await play('', { started: ['SIGTERM'] }, slow)).toEqual({ said: ['started', 'stopping', 'all stopped'], code: 0 });
  expect(await play('', { started: ['SIGTERM'] }, 'await new Promise(() => undefined)')).toEqual({ said: ['started'], code: 1 });
});
