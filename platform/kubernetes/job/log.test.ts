import { expect, test } from '@jest/globals';
import { PodLog } from './log.ts';

const at = (seconds: number, text: string) => `2026-03-01T10:00:${String(seconds).padStart(2, '0')}.123456789Z ${text}`;

function read(log: PodLog, lines: string[]): { options: string[]; told: string[] } {
  return { options: log.begin(), told: lines.map((line) => log.next(line)).filter((line) => line !== undefined) };
}

test('a log is read on from shortly before it broke off, whatever of it is there still', () => {
  const log = new PodLog();
  expect(read(log, [at(1, 'one'), at(8, 'two'), at(9, 'three')])).toEqual({ options: ['--timestamps'], told: ['one', 'two', 'three'] });
  expect(read(log, [at(9, 'three'), at(9, 'four')])).toEqual({ options: ['--timestamps', '--since-time', '2026-03-01T10:00:07Z'], told: ['four'] });
  expect(read(log, [at(12, 'five')]).told).toEqual(['five']);
});

test('equal lines of one moment are told as often as they are there, and those of another stream though they are stamped earlier', () => {
  const log = new PodLog();
  expect(read(log, [at(1, ''), at(1, ''), at(2, 'x')]).told).toEqual(['', '', 'x']);
  expect(read(log, [at(1, ''), at(1, ''), at(1, ''), at(1, 'late'), at(2, 'x'), at(2, 'x')]).told).toEqual(['', 'late', 'x']);
});

test('a line that has a line break within belongs together', () => {
  const log = new PodLog();
  expect(read(log, [at(1, 'one'), 'and more', at(2, 'two')]).told).toEqual(['one', 'and more', 'two']);
  expect(read(log, [at(1, 'one'), 'and more', at(2, 'two'), at(3, 'three'), 'and more']).told).toEqual(['three', 'and more']);
});

test('a node whose clock was put back is read on', () => {
  const log = new PodLog();
  read(log, [at(50, 'one'), at(10, 'two')]);
  expect(read(log, [at(10, 'two'), at(11, 'three')])).toMatchObject({ options: ['--timestamps', '--since-time', '2026-03-01T10:00:08Z'], told: ['three'] });
});
