import { expect, test } from '@jest/globals';
import { blocks, progress } from './progress.ts';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 12, write: (text: string) => void written.push(text) };
}

test('on a terminal one line is rewritten, no wider than it is, and what is said stays above it', () => {
  const terminal = screen(true);
  const shown = progress(terminal);
  shown.show('a line that is too long');
  shown.say('said');
  shown.end();
  expect(terminal.written).toEqual(['\r\u001b[Ka line that', '\r\u001b[Ksaid\na line that', '\r\u001b[Ka line that\n']);
});

test('elsewhere short work is one line, the last', () => {
  const file = screen(false);
  const shown = progress(file);
  for (const n of [1, 2, 3]) shown.show(`at ${n}`);
  shown.say('said');
  shown.end();
  expect(file.written).toEqual(['said\n', 'at 3\n']);
});

test('a terminal is not written to for each of many steps, and ends with the last', () => {
  const terminal = screen(true);
  const shown = progress(terminal);
  for (let n = 1; n <= 1_000; n += 1) shown.show(`at ${n}`);
  shown.end();
  expect(terminal.written.length).toBeLessThan(20);
  expect(terminal.written.at(-1)).toBe('\r\u001b[Kat 1000\n');
});

test('a bar is as full as the work is done, and full only at the end', () => {
  expect(blocks(1_999, 2_000, 4)).toBe('[███·]');
  expect([0, 1, 2, 3].map((done) => blocks(done, 2, 4))).toEqual(['[····]', '[██··]', '[████]', '[████]']);
});
