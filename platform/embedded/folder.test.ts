import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { claim, FolderInUse } from './folder.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'claim-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

test('a folder is held by one platform at a time', () => {
  const first = claim(folder);
  expect(() => claim(folder)).toThrow(FolderInUse);
  first.release();
  claim(folder).release();
});

test('the lock of a dead process is cleared', () => {
  writeFileSync(path.join(folder, 'platform.lock'), '999999999 1');
  claim(folder).release();
});

test('the lock of a pid that belongs to another process by now is cleared', () => {
  writeFileSync(path.join(folder, 'platform.lock'), `${process.ppid} 1`);
  claim(folder).release();
});

test('what was announced goes with the claim', () => {
  const held = claim(folder);
  held.announce({ topology: 'embedded', pid: process.pid, gateway: 'http://127.0.0.1:1', databases: {} });
  expect(existsSync(path.join(folder, 'platform.json'))).toBe(true);
  held.release();
  expect(existsSync(path.join(folder, 'platform.json'))).toBe(false);
});
