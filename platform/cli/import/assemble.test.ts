import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assemble, type Batch } from './assemble.ts';
import { openHistory } from './read.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'tradewind-cli-')); });
afterEach(() => rmSync(folder, { recursive: true }));

const HEADING = 'placedAt,orderId,customerId,productId,quantity,unitPrice';
async function batches(...lines: string[]): Promise<Batch[]> {
  return read(`${[HEADING, ...lines].join('\n')}\n`);
}
async function read(content: string): Promise<Batch[]> {
  const file = path.join(folder, 'history.csv');
  writeFileSync(file, content);
  const all: Batch[] = [];
  for await (const batch of assemble((await openHistory(file, 'EUR')).lines)) all.push(batch);
  return all;
}
const row = (orderId: string, productId = 'p-1', more = '1,1.00') => `2026-05-01,${orderId},c-1,${productId},${more}`;
const said = (all: Batch[]) => all.flatMap(({ failures }) => failures.map(({ line, reason }) => `${line}: ${reason}`));
const orders = (all: Batch[]) => all.flatMap(({ order }) => order ? [`${order.orderId}:${order.lines.map(({ productId, quantity }) => `${productId}x${quantity}`).join('+')}`] : []);

test('rows that stand together are an order; a product that stands twice in it is added up', async () => {
  const all = await batches(row('o-1', 'p-1', '2,1.00'), row('o-1', 'p-2'), row('o-1', 'p-1', '3,1.00'), row('o-2'));
  expect(orders(all)).toEqual(['o-1:p-1x5+p-2x1', 'o-2:p-1x1']);
  expect(all.map(({ rows, order }) => [rows, order?.total])).toEqual([[3, 600], [1, 100]]);
});

test('columns in another order, further ones, quotes, a byte order mark and line ends of Windows are all well', async () => {
  const all = await read('\ufeffnote,quantity,unitPrice,productId,customerId,orderId,placedAt\r\n"a, ""b""",2,1.00,p-1,c-1,o-1,2026-05-01\r\n\r\n');
  expect([orders(all), said(all)]).toEqual([['o-1:p-1x2'], []]);
});

test('the last row needs no line end', async () => {
  expect(orders(await read(`${HEADING}\n${row('o-1')}`))).toEqual(['o-1:p-1x1']);
});

test('a row in error is told by its line and takes its order with it, and no other', async () => {
  const all = await batches(row('o-1'), row('o-2', 'p-1', 'two,1.00'), row('o-2', 'p-2'), row('o-3'), `${row('o-4')},more`, row('o-5'));
  expect(orders(all)).toEqual(['o-1:p-1x1', 'o-3:p-1x1', 'o-5:p-1x1']);
  expect(said(all)).toEqual(['3: quantity "two" is not a whole number from 1 to 10,000', '6: it has 7 fields where the heading has 6']);
});

test('a quote left open spoils its own line and order only', async () => {
  const all = await batches(row('o-1'), row('o-2'), row('o-2', '"p-2'), 'a"b', row('o-3'));
  expect(orders(all)).toEqual(['o-1:p-1x1', 'o-3:p-1x1']);
  expect(said(all)).toEqual([expect.stringMatching(/^4: it is no CSV: Quote Not Closed/), expect.stringMatching(/^5: it is no CSV/)]);
});

test('rows of an order that do not stand together are told', async () => {
  const all = await batches(row('o-1'), row('o-2'), row('o-1', 'p-2'));
  expect([orders(all), said(all)]).toEqual([['o-1:p-1x1', 'o-2:p-1x1'], ['4: order o-1 was placed from line 2, without this row; rows of one order have to stand together']]);
});

test('a row without a readable order id takes with it the order that goes on behind it, and no other', async () => {
  const all = await batches(row('o-1'), row(''), row('o-1', 'p-2'), row('o-1', 'p-3'), row('o-2'), row(''), 'a"b', row('o-3'), row('o-1', 'p-4'), row(''));
  expect([orders(all), said(all).map((each) => each.split(' ').slice(0, 6).join(' '))]).toEqual([
    ['o-2:p-1x1', 'o-3:p-1x1'],
    ['3: orderId "" is not an', '7: orderId "" is not an', '8: it is no CSV: Invalid', '10: order o-1 was skipped from', '11: orderId "" is not an'],
  ]);
  expect(all.map(({ rows }) => rows)).toEqual([4, 1, 2, 1, 1, 1]);
});

test('a row without all its fields takes with it the order that it interrupts, or that it seems to begin', async () => {
  const all = await batches(row('o-1'), 'o-1,c-1,p-2,1,1.00', row('o-1', 'p-3'), `${row('o-2')},more`, row('o-2', 'p-2'), `${row('o-3')},more`, row('o-4'), row('o-3', 'p-2'),
    `${row('o-5')},more`, `${row('o-6')},more`, row(''), row('o-6'));
  expect(orders(all)).toEqual(['o-4:p-1x1']);
  expect(said(all).map((each) => each.slice(0, 12))).toEqual(['3: it has 5 ', '5: it has 7 ', '7: it has 7 ', '9: order o-3', '10: it has 7', '11: it has 7', '12: orderId ']);
});

test('an order of two customers, or of more products than one may have, is told', async () => {
  const many = Array.from({ length: 16 }, (_, n) => row('o-2', `p-${n}`));
  const all = await batches(row('o-1'), '2026-05-01,o-1,c-2,p-2,1,1.00', ...many);
  expect([orders(all), said(all)]).toEqual([[], ['3: order o-1 is of customer c-1 on line 2, and of c-2 here', '19: order o-2 has more than 15 products']]);
});

test('of very many rows in error in one order the rest are counted', async () => {
  const all = await batches(...Array.from({ length: 1_500 }, () => row('o-1', 'p-1', '0,1')));
  expect(said(all)).toHaveLength(1_001);
  expect(said(all).at(-1)).toBe('1501: and 500 more rows of order o-1 up to here');
});
