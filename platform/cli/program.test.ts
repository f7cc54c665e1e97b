import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { joseTokens } from '@tradewind/chassis/jose/tokens.ts';
import { openLocalIssuer } from '@tradewind/chassis/jose/issuer.ts';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { identity } from '@tradewind/embedded/identity.ts';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { tradewind as onFolder } from '../../test/tradewind.ts';
import { programFor } from './program.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'tradewind-cli-')); });
afterEach(() => rmSync(folder, { recursive: true }));

const tradewind = (...args: string[]) => onFolder(folder, args);
const announce = (pid: number) => writeFileSync(path.join(folder, 'platform.json'), JSON.stringify({ topology: 'embedded', pid, gateway: 'http://127.0.0.1:8080', databases: {} }));

test('a token for a customer or an operator is one that the platform accepts', async () => {
  announce(process.pid);
  const customer = await tradewind('token', '--customer', 'c-17');
  const operator = await tradewind('token', '--role', 'operator', '--ttl', '8h');
  const { jwks } = await openLocalIssuer({ folder, ...identity, clock: systemClock });
  const tokens = joseTokens({ keys: { jwks }, ...identity, clock: systemClock });
  expect(customer.code).toBe(0);
  expect(await tokens.verify(customer.out)).toEqual({ role: 'customer', customerId: 'c-17' });
  expect(await tokens.verify(operator.out)).toEqual({ role: 'operator', name: 'cli' });
  const lifetime = (text: string) => { const { iat, exp } = JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()) as { iat: number; exp: number }; return exp - iat; };
  expect([lifetime(customer.out), lifetime(operator.out)]).toEqual([3_600, 28_800]);
});

test.each<[string, string[], RegExp]>([
  ['a token for nobody', ['token'], /--customer ID or --role operator/],
  ['a token for both', ['token', '--customer', 'c-1', '--role', 'operator'], /cannot be used with/],
  ['a role that there is not', ['token', '--role', 'admin'], /admin/],
  ['an unknown command', ['tokken'], /'tokken' \(Did you mean token\?\)$/],
  ['an unknown option', ['ledger', 'check', '--wat'], /'--wat' \(Did you mean --wait\?\)$/],
  ['too many words', ['ledger', 'check', 'now'], /too many arguments/],
  ['a time to wait that is none', ['ledger', 'check', '--wait', 'long'], /60s/],
])('%s is one line, exit 2', async (_, args, says) => {
  announce(process.pid);
  const { code, out, err } = await tradewind(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(says);
  expect(err.split('\n')).toHaveLength(1);
});

test.each([
  ['nothing was ever started', () => undefined],
  ['the platform was killed', () => announce(2 ** 22 + 1)],
  ['its announcement is half written', () => writeFileSync(path.join(folder, 'platform.json'), '{"pid": 1')],
])('where %s, one line says so, exit 2', async (_, prepare) => {
  prepare();
  for (const args of [['token', '--customer', 'c-1'], ['ledger', 'check']])
    expect(await tradewind(...args)).toEqual({ code: 2, out: '', shown: '', err: expect.stringMatching(/^tradewind: no platform is running on .*--data$/) });
});

test('--data wins over DATA, before or after the command', async () => {
  const { err } = await tradewind('token', '--customer', 'c-1', '--data', '/nowhere/at-all');
  expect(err).toContain('/nowhere/at-all');
  expect((await tradewind('--data', '/nowhere/else', 'token', '--customer', 'c-1')).err).toContain('/nowhere/else');
});

const world = { env: {}, args: [], out: () => undefined, err: () => undefined, screen: { write: () => undefined }, colour: false, interrupted: () => new AbortController().signal, exit: () => undefined };
const all = (command: Command, path: string[] = []): { command: Command; path: string[] }[] =>
  [{ command, path }, ...command.commands.flatMap((each) => all(each, [...path, each.name()]))];

test.each(all(programFor(world)).map(({ command, path }) => [path.join(' '), command] as const))('`tradewind %s --help` has examples that fit, and exit codes', async (path, command) => {
  const { code, out, err } = await tradewind(...path.split(' ').filter(Boolean), '--help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`Examples:\n  $ tradewind ${path}`);
  if (command.commands.length > 0) return;
  expect(out).toMatch(/^Exit codes:\n {2}0 +\S[^]*^ {2}2 +\S/m);
  expect(out).toMatch(/^ +--json +/m);
});

test.each(all(programFor(world)).filter(({ command, path }) => command.commands.length > 0 && path.length > 0).map(({ path }) => path.join(' ')))(
  '`tradewind %s` alone says on one line what to do with it, exit 2', async (path) => {
    expect(await tradewind(path)).toEqual({ code: 2, out: '', err: expect.stringMatching(/^tradewind: say what to do: [a-z, -]+$/), shown: '' });
  });

test('--version is that of the package', async () => {
  expect(await tradewind('--version')).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+$/), err: '', shown: '' });
});

test('the launcher works from anywhere, through links', async () => {
  const link = path.join(folder, 'tw');
  symlinkSync(path.join(import.meta.dirname, 'tradewind'), path.join(folder, 'there'));
  symlinkSync('there', link);
  const { stdout, stderr } = await promisify(execFile)(link, ['--help'], { cwd: '/' });
  expect(stdout).toContain('Usage: tradewind');
  expect(stderr).toBe('');
  await expect(promisify(execFile)(link, ['nonsense'], { cwd: '/' })).rejects.toMatchObject({ code: 2, stderr: "tradewind: unknown command 'nonsense'\n" });
});
