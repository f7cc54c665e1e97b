import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { inALine, page } from './page.ts';
import { kept, PAGE } from './results.ts';
import type { Row } from './row.ts';

const row: Row = {
  victim: 'kafka', how: 'killed', lasted: 1_234, back: 2_345, placingAtOnce: 300, placingAgain: 200, placing: 100, slowest: 900, settling: 7_450, recovered: 11_000, attempted: 1_204, acknowledged: 1_190, refused: 0,
  unknown: 14, lost: 0, unexpected: 1, twice: 2, found: 9, givenUp: 3, delivered: 57, deaths: 0, resends: { ECONNRESET: 40, '503 service-unavailable': 1 },
};

test('a row says what was struck, how long clients saw it, and what became of the orders', () => {
  const text = page([{ name: 'kafka-down', machine: 'here', at: '2026-01-01', load: 25, rows: [row] }]);
  expect(text).toContain('`make e2e ONLY=kafka-down` · 2026-01-01 · here · 25 orders/s');
  expect(text).toContain('| kafka | killed | 1.2 s | 2.3 s | 0.3 s | 0.2 s | 0.1 s | 0.9 s | 7.5 s | 11.0 s | 1,204 | 1,190 | 0 | 3 | 14, 9 there | 3 | 57 |');
  expect(inALine(row)).toMatch(/^kafka killed: fault 1\.2 s, back after 2\.3 s, .* lost 0, unexpected 1, twice 2, unknown 14 \(9 there\), given up 3/);
});

test('every row has as many cells as the table has columns', () => {
  const lines = page([{ name: 'x', machine: '', at: '', load: 1, rows: [row] }]).split('\n').filter((line) => line.startsWith('|'));
  expect(new Set(lines.map((line) => line.split('|').length)).size).toBe(1);
});

test('the page is what was kept, and no figure is missing', () => {
  const text = readFileSync(PAGE, 'utf8');
  expect(text).toBe(page(kept()));
  expect(text).not.toMatch(/NaN|undefined/);
});
