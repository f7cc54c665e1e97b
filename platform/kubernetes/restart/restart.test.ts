import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

/** A program that says what its library says, and goes on until it is told to end. */
const PROGRAM = `
import { word } from './library/word.ts';
const said: string = word;
process.on('SIGTERM', () => { console.log('told to end'); process.exit(7); });
setInterval(() => undefined, 1_000);
console.log(said);
`;
let folder: string;
let restarting: ChildProcess;
let lines: AsyncIterator<string>;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tradewind-restart-'));
  mkdirSync(path.join(folder, 'library'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'main.ts'), PROGRAM);
  writeFileSync(path.join(folder, 'library/word.ts'), word('first'));
  restarting = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts'), path.join(folder, 'main.ts'), path.join(folder, 'library')], { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  const both = createInterface({ input: restarting.stdout! });
  createInterface({ input: restarting.stderr! }).on('line', (line) => { if (line.includes('ended with')) both.emit('line', line); });
  lines = both[Symbol.asyncIterator]();
});
afterEach(async () => {
  if (restarting.exitCode === null && restarting.kill('SIGTERM')) await once(restarting, 'exit'); // and with it its program
  rmSync(folder, { recursive: true });
});

const word = (text: string) => `export const word: string = '${text}';\n`;
const said = async () => (await lines.next()).value as string;

/** As file sync does it: unpacked by tar, which removes the file and makes another. */
function replace(name: string, text: string): void {
  const staged = mkdtempSync(path.join(folder, 'staged-'));
  mkdirSync(path.dirname(path.join(staged, name)), { recursive: true });
  writeFileSync(path.join(staged, name), text);
  execFileSync('tar', ['xmf', '-', '-C', folder, '--no-same-owner'], { input: execFileSync('tar', ['cf', '-', '-C', staged, name]) });
}

test('a program begins again each time that a file is replaced, in a folder that was there or a new one', async () => {
  expect(await said()).toBe('first');
  for (const text of ['second', 'third', 'fourth']) {
    replace('library/word.ts', word(text));
    expect([await said(), await said()]).toEqual(['told to end', text]);
  }
  replace('library/below/more.ts', word('fifth'));
  expect([await said(), await said()]).toEqual(['told to end', 'fourth']);
  replace('library/word.ts', "export { word } from './below/more.ts';\n");
  expect([await said(), await said()]).toEqual(['told to end', 'fifth']);
  replace('library/below/more.ts', word('sixth'));
  expect([await said(), await said()]).toEqual(['told to end', 'sixth']);
});

test('a line that does not run is waited out, and the process stays', async () => {
  expect(await said()).toBe('first');
  replace('library/word.ts', 'export const word: string = (');
  expect([await said(), await said()]).toEqual(['told to end', expect.stringMatching(/main\.ts ended with 1; it begins again when a file changes$/)]);
  expect(restarting.exitCode).toBeNull();
  replace('library/word.ts', word('mended'));
  expect(await said()).toBe('mended');
});

test('told to end, it hands that on and ends with the code of its program', async () => {
  expect(await said()).toBe('first');
  const exit = once(restarting, 'exit');
  restarting.kill('SIGTERM');
  expect(await said()).toBe('told to end');
  expect(await exit).toEqual([7, null]);
});

test('without a program or folders it says what it wants', async () => {
  const [code] = await once(spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')]), 'exit') as [number];
  expect(code).toBe(2);
});
