import { expect, test } from '@jest/globals';
import path from 'node:path';
import { substitute } from './binaries.ts';

test('each folder has a substitute of its own, always the same, whatever signs its name is made of', () => {
  const folders = ['/root/a b/postgres', '/root/a-b/postgres', '/root/データ/postgres', '/root/テスト/postgres'];
  const places = folders.map((folder) => substitute(folder, 'data'));
  expect(new Set(places).size).toBe(folders.length);
  expect(folders.map((folder) => substitute(folder, 'data'))).toEqual(places);
  for (const place of places) expect(path.basename(place)).toMatch(/^[A-Za-z0-9-]+$/);
});
