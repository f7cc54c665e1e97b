import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execute, writtenTo, type Written } from '@tradewind/ledger/contract/databases.ts';
import { smallRun } from '@tradewind/ledger/contract/run.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tradewind } from '../../../test/tradewind.ts';

let written: Written;
let folder: string;

beforeAll(async () => {
  written = await writtenTo(smallRun());
  folder = mkdtempSync(path.join(tmpdir(), 'tradewind-cli-'));
  writeFileSync(path.join(folder, 'platform.json'), JSON.stringify({ topology: 'embedded', pid: process.pid, gateway: '', databases: written.databases }));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await written.drop();
});

const check = (...args: string[]) => tradewind(folder, ['ledger', 'check', ...args]);

test('books that hold with an order still in flight end with 3', async () => {
  const { code, out, err } = await check('--wait', '100ms');
  expect({ code, err }).toEqual({ code: 3, err: '' });
  const [lines, conclusion] = out.split('\n\n');
  expect(lines?.split('\n').every((line) => line.startsWith('✓ '))).toBe(true);
  expect(conclusion).toContain('in flight');
});

test('a broken book ends with 1 and is named, in words and as JSON', async () => {
  await execute(written.databases.provider, `update entries set charges = 2 where order_id = 'o-sold'`);
  try {
    expect(await check('--wait', '60s')).toMatchObject({ code: 1, err: '', out: expect.stringMatching(/^✗ provider-book-agrees .*o-sold: was charged 2 times/m) });
    const { code, out } = await check('--json');
    expect(code).toBe(1);
    expect((JSON.parse(out) as Verdict).invariants.filter((each) => !each.holds)).toMatchObject([
      { name: 'provider-book-agrees', breaches: { count: 1, first: [{ subject: 'o-sold', detail: 'was charged 2 times' }] } },
    ]);
  } finally {
    await written.restore('provider');
  }
});

test('books that hold with nothing in flight end with 0', async () => {
  for (const name of ['orders', 'customers'] as const)
    await execute(written.databases[name], `delete from events where envelope ->> 'correlationid' = 'o-flying'; delete from answers where key = 'o-flying'`);
  await execute(written.databases.brokers, `delete from log.records where message like '%o-flying%'`);
  await execute(written.databases.order_history, `delete from live.orders where order_id = 'o-flying'`);
  expect(await check()).toMatchObject({ code: 0, out: expect.stringMatching(/The ledger holds\.$/) });
});

test('a store that does not answer is one line, exit 2', async () => {
  const broken = mkdtempSync(path.join(tmpdir(), 'tradewind-cli-'));
  const databases = { ...written.databases, brokers: 'postgres://nobody@127.0.0.1:1/nowhere' };
  writeFileSync(path.join(broken, 'platform.json'), JSON.stringify({ topology: 'embedded', pid: process.pid, gateway: '', databases }));
  const { code, out, err } = await check('--data', broken);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.split('\n')).toHaveLength(1);
  rmSync(broken, { recursive: true });
});
