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

test('elsewhere it is a line now and then, and the last one', () => {
  const file = screen(false);
  const shown = progress(file);
  for (const n of [1, 2, 3]) shown.show(`at ${n}`);
  shown.say('said');
  shown.end();
  expect(file.written).toEqual(['at 1\n', 'said\n', 'at 3\n']);
});

test('a bar is as full as the work is done', () => {
  expect([0, 1, 2, 3].map((done) => blocks(done, 2, 4))).toEqual(['[····]', '[██··]', '[████]', '[████]']);
});
