import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { tradewind } from '../../../test/tradewind.ts';
import { runInCluster } from '../job/run.ts';
import { forward } from './forward.ts';

/** kubectl, as far as it is a program of others that we start and read: test/kubectl.js stands in for it and its cluster. */
const cluster = { context: 'there', namespace: 'tradewind' };
const pathBefore = process.env.PATH;
let bin: string;
let folder: string;

beforeAll(() => {
  bin = mkdtempSync(path.join(tmpdir(), 'tradewind-kubectl-'));
  symlinkSync(path.resolve(import.meta.dirname, '../../../test/kubectl.js'), path.join(bin, 'kubectl'));
  symlinkSync(process.execPath, path.join(bin, 'node'));
  process.env.PATH = `${bin}:${pathBefore}`;
});
afterAll(() => {
  process.env.PATH = pathBefore;
  rmSync(bin, { recursive: true });
});
beforeEach(() => {
  folder = path.join(bin, `cluster-${Date.now()}`);
  mkdirSync(folder);
  process.env.KUBECTL_FOLDER = folder;
  for (const name of ['ledger', 'operator'])
    put(`cronjob-${name}.json`, { metadata: { name }, spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name }] } } } } } });
});

function put(file: string, value: object): void {
  writeFileSync(path.join(folder, file), JSON.stringify(value));
}
const calls = () => readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as string[]);

test('a program in the cluster: its lines, its exit code, and nothing left behind', async () => {
  put('play.json', { lines: ['one', 'two'], code: 3 });
  const lines: string[] = [];
  expect(await runInCluster(cluster, { cronJob: 'ledger', args: ['x'], files: { at: '/there', texts: { ids: 'o-1', more: 'o-2' } }, line: (text) => lines.push(text) })).toBe(3);
  expect(lines).toEqual(['one', 'two']);
  expect(calls().every((call) => call.slice(0, 4).join(' ') === '--context there --namespace tradewind')).toBe(true);
  const files = readdirSync(folder).filter((each) => each.startsWith('configmap-')).sort().map((each) => JSON.parse(readFileSync(path.join(folder, each), 'utf8')) as object);
  const metadata = { ownerReferences: [{ kind: 'Job', uid: 'uid-1' }] };
  expect(files).toEqual([expect.objectContaining({ data: { ids: 'o-1' } }), expect.objectContaining({ data: { more: 'o-2' } })]);
  expect(files).toMatchObject([{ metadata }, { metadata }]);
  expect(readdirSync(folder).filter((each) => each.startsWith('job-'))).toEqual([]); // and with it, in a cluster, what it owns
});

test.each([0, 1, 2])('a log that breaks off is read on, no line twice and none left out, also when the first %d lines are in another file by then', async (rotated) => {
  put('play.json', { lines: ['one', 'two', 'three', 'four'], code: 0, breaks: 2, rotated });
  const lines: string[] = [];
  expect(await runInCluster(cluster, { cronJob: 'ledger', args: [], line: (text) => lines.push(text) })).toBe(0);
  expect(lines).toEqual(['one', 'two', 'three', 'four']);
});

test('a command that needs the servers is done where they are; both its streams and its exit code are ours', async () => {
  put('play.json', { lines: ['stderr| in flight 2', 'a letter'], code: 1 });
  const ran = await tradewind(folder, ['--topology', 'kubernetes', '--context=there', 'dead-letters', 'list', '--queue', 'q']);
  expect(ran).toEqual({ code: 1, out: 'a letter', err: 'in flight 2', shown: '' });
  expect(calls()[0]).toEqual(['--context', 'there', '--namespace', 'tradewind', 'get', 'cronjob', 'operator', '-o', 'json']);
});

test('Ctrl-C ends what is under way in the cluster, and leaves nothing behind', async () => {
  put('play.json', { lines: ['an event'], code: 0, hangs: true });
  const stop = new AbortController();
  const ran = await tradewind(folder, ['--topology', 'kubernetes', 'events', 'tail', '--follow'], { interrupted: () => stop.signal, out: () => stop.abort() });
  expect(ran).toMatchObject({ code: 130, err: '' });
  expect(readdirSync(folder).filter((each) => each.startsWith('job-'))).toEqual([]);
});

test('what is not there is one line, exit 2', async () => {
  rmSync(path.join(folder, 'cronjob-ledger.json'));
  const ran = await tradewind(folder, ['ledger', 'check'], { env: { TOPOLOGY: 'kind', CLUSTER: 'mine' } });
  expect(ran).toEqual({ code: 2, out: '', shown: '', err: 'tradewind: kubectl: Error from server: cronjob "ledger" not found' });
  expect(calls()[0]?.slice(0, 2)).toEqual(['--context', 'kind-mine']);
  expect(await tradewind(folder, ['token', '--role', 'operator'], { env: { TOPOLOGY: 'moon' } })).toMatchObject({ code: 2, err: expect.stringContaining('TOPOLOGY must be one of') });
});

test('a port-forward is opened again on the same port when its pod goes, and closed for good', async () => {
  const gateway = await forward(cluster, 'gateway', 8080);
  const answer = () => fetch(gateway.origin, { headers: { connection: 'close' } }).then((response) => response.text(), () => '');
  const first = await answer();
  await fetch(`${gateway.origin}/die`, { headers: { connection: 'close' } }).catch(() => undefined);
  let second = '';
  for (const end = Date.now() + 15_000; Date.now() < end && (second === '' || second === first); await sleep(50)) second = await answer();
  expect([first, second]).toEqual([expect.stringMatching(/^by \d+$/), expect.stringMatching(/^by \d+$/)]);
  expect(second).not.toBe(first);
  await gateway.close();
  expect(await answer()).toBe('');
});
