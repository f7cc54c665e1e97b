import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Terminal } from '../../terminal.ts';
import { RunningPlatform, type Order } from '../../../../test/running-platform.ts';
import { tradewind } from '../../../../test/tradewind.ts';

jest.setTimeout(120_000);

let running: RunningPlatform;
let folder: string;
beforeAll(async () => {
  running = await RunningPlatform.start();
  folder = mkdtempSync(path.join(tmpdir(), 'tradewind-import-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await running.stop();
});

const HEADING = 'placedAt,orderId,customerId,productId,quantity,unitPrice';
interface Summary { rows: number; placed: number; thereAlready: number; rowsSkipped: number; pricedOtherwise: number; registered: object; complete: boolean; errors: object[] }

/** Names that no other test has. */
function names(): { o: string; c: string; p: string } {
  const own = randomUUID().slice(0, 8);
  return { o: `o-${own}`, c: `c-${own}`, p: `p-${own}` };
}
function historyOf(lines: string[]): string {
  const file = path.join(folder, `${randomUUID()}.csv`);
  writeFileSync(file, `${[HEADING, ...lines].join('\n')}\n`);
  return file;
}
/** Orders of two rows each, a minute apart. */
function orders({ o, c, p }: ReturnType<typeof names>, count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const at = new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();
    return [1, 2].map((k) => `${at},${o}-${n},${c}-${n % 5},${p}-${(n + k) % 7},${k},2.50`);
  }).flat();
}
async function importing(file: string, args: string[] = [], more: Partial<Terminal> = {}) {
  const { code, out, err, shown } = await tradewind(running.platform.folder, ['orders', 'import', file, '--json', ...args], more);
  return { code, err, shown, ...(out ? JSON.parse(out) as Summary : undefined) };
}
async function placedOf({ o }: ReturnType<typeof names>): Promise<Order[]> {
  const { out } = await tradewind(running.platform.folder, ['orders', 'list', '--limit', '10000', '--json']);
  return (JSON.parse(out) as Order[]).filter(({ orderId }) => orderId.startsWith(`${o}-`));
}

test('a history is replayed: what is unknown is registered, every order is placed and settles', async () => {
  const own = names();
  const ran = await importing(historyOf(orders(own, 30)));
  expect(ran).toMatchObject({ code: 0, err: '', rows: 60, placed: 30, thereAlready: 0, rowsSkipped: 0, pricedOtherwise: 0, registered: { customers: 5, products: 7 }, complete: true });
  expect(ran.shown.match(/^\[█{24}\] 100% {2}60 rows {2}30 placed$/gm)).toHaveLength(1);
  const order = await running.orderOnce(`${own.o}-3`);
  expect(order).toMatchObject({ status: 'confirmed', customerId: `${own.c}-3`, total: { amount: 750 }, lines: [{ productId: `${own.p}-4`, quantity: 1 }, { productId: `${own.p}-5`, quantity: 2 }] });
});

test('imported twice, at once too, each order is placed once', async () => {
  const own = names();
  const file = historyOf(orders(own, 20));
  const both = await Promise.all([importing(file), importing(file)]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(both.reduce((sum, { placed = 0 }) => sum + placed, 0)).toBe(20);
  expect(await importing(file)).toMatchObject({ code: 0, placed: 0, thereAlready: 20, registered: { customers: 0, products: 0 } });
  await running.verdict();
  expect(await placedOf(own)).toHaveLength(20);
  const product = await running.ask<{ received: number }>('GET', `/products/${own.p}-1`);
  expect(product.body.received).toBe(1_000_000);
});

test('rows in error are reported by line and skipped with their order, exit 1', async () => {
  const own = names();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => `${own.o}-${name}`);
  const file = historyOf([
    `2026-01-01,${a},${own.c},${own.p},1,2.50`, `2026-01-01,${b},${own.c},${own.p},many,2.50`, `2026-01-01,${b},${own.c},${own.p},1,2.50`,
    `2026-01-01,${c},${own.c},${own.p},1`, `2026-01-01,${a},${own.c},${own.p},2,2.50`,
  ]);
  const ran = await importing(file);
  expect(ran).toMatchObject({
    code: 1, rows: 5, placed: 1, rowsSkipped: 4, errors: [
      { line: 3, reason: 'quantity "many" is not a whole number from 1 to 10,000' }, { line: 5, reason: 'it has 5 fields where the heading has 6' },
      { line: 6, reason: `order ${a} was placed from line 2, without this row; rows of one order have to stand together` },
    ],
  });
  expect(ran.shown).toContain('line 3: quantity "many"');
  await running.verdict();
  expect((await placedOf(own)).map(({ orderId }) => orderId)).toEqual([a]);
});

test('an order that was placed with other content is told and left alone', async () => {
  const own = names();
  await importing(historyOf([`2026-01-01,${own.o}-1,${own.c},${own.p},1,2.50`]));
  expect(await importing(historyOf([`2026-01-01,${own.o}-1,${own.c},${own.p},2,2.50`]))).toMatchObject({
    code: 1, placed: 0, errors: [{ line: 2, reason: `order ${own.o}-1 was placed before, with another customer, payment method or other lines` }],
  });
});

test('what the platform knows stays as it is, and its price counts', async () => {
  const { customerId, productIds: [known] } = await running.stocked({ stock: 5, price: 700, credit: 5_000 });
  const own = names();
  const ran = await importing(historyOf([`2026-01-01,${own.o}-1,${customerId},${known},2,9.99`]));
  expect(ran).toMatchObject({ code: 0, placed: 1, pricedOtherwise: 1, registered: { customers: 0, products: 0 } });
  expect(await running.orderOnce(`${own.o}-1`)).toMatchObject({ status: 'confirmed', total: { amount: 1_400 } });
  expect((await running.ask('GET', `/products/${known}`)).body).toMatchObject({ received: 5, available: 3, price: { amount: 700 } });
});

test('credit, stock, currency and payment of what is registered are chosen', async () => {
  const own = names();
  const row = (n: number, quantity: number) => `2026-01-01,${own.o}-${n},${own.c},${own.p}-${n},${quantity},50`;
  const ran = await importing(historyOf([row(1, 2), row(2, 6), row(3, 9)]), ['--currency', 'JPY', '--credit-limit', '400', '--stock', '5', '--payment-method', 'card-visa']);
  expect(ran).toMatchObject({ code: 0, placed: 3 });
  const outcomes = await Promise.all([1, 2, 3].map((n) => running.orderOnce(`${own.o}-${n}`)));
  expect(outcomes.map(({ status, reason, total }) => [status, reason, total])).toEqual([
    ['confirmed', undefined, { amount: 100, currency: 'JPY' }], ['cancelled', 'stock-rejected', { amount: 300, currency: 'JPY' }],
    ['cancelled', 'credit-rejected', { amount: 450, currency: 'JPY' }],
  ]);
});

test('gaps are kept, divided by the speed; run again, what is there is passed over without them', async () => {
  const own = names();
  const lines = orders(own, 5); // four minutes
  const begun = Date.now();
  expect(await importing(historyOf(lines.slice(0, 8)), ['--speed', '240x'])).toMatchObject({ code: 0, placed: 4 });
  expect(Date.now() - begun).toBeGreaterThanOrEqual(740);
  await running.verdict();
  const again = Date.now();
  expect(await importing(historyOf(lines), ['--speed', '240x'])).toMatchObject({ code: 0, placed: 1, thereAlready: 4 });
  expect(Date.now() - again).toBeGreaterThanOrEqual(240);
  await running.orderOnce(`${own.o}-4`);
});

test('no more orders than the window are under way; Ctrl-C ends it tidily, and run again it goes on where it was', async () => {
  const own = names();
  const file = historyOf(orders(own, 100));
  const stop = new AbortController();
  const first = importing(file, ['--window', '5'], { interrupted: () => stop.signal });
  const unsettled: number[] = [];
  while ((await running.order(`${own.o}-10`)).status !== 200) {
    unsettled.push((await running.ask<{ orders: { placed: number } }>('GET', '/history/counts')).body.orders.placed);
    await sleep(20);
  }
  stop.abort();
  expect(Math.max(...unsettled)).toBeLessThanOrEqual(5);
  const { code, placed = 0, complete } = await first;
  expect({ code, complete }).toEqual({ code: 130, complete: false });
  expect(placed).toBeLessThan(100);
  expect(await importing(file)).toMatchObject({ code: 0, placed: 100 - placed, thereAlready: placed });
});

test('killed in the middle and run again, no order is lost or placed twice, and the ledger holds', async () => {
  const own = names();
  const file = historyOf(orders(own, 60));
  const child: ChildProcess = spawn(process.execPath, [path.join(import.meta.dirname, '../../main.ts'), 'orders', 'import', file, '--window', '5'], {
    env: { ...process.env, NODE_OPTIONS: '', DATA: running.platform.folder }, stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  await running.orderOnce(`${own.o}-20`, () => true);
  child.kill('SIGKILL');
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  const ran = await importing(file);
  expect(ran).toMatchObject({ code: 0, rows: 120 });
  expect((ran.placed ?? 0) + (ran.thereAlready ?? 0)).toBe(60);
  expect(ran.thereAlready).toBeGreaterThan(0);
  expect(await running.verdict()).toMatchObject({ holds: true, inFlight: 0 });
  expect(new Set((await placedOf(own)).map(({ orderId }) => orderId)).size).toBe(60);
});
