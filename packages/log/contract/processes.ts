import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Job, Said } from './consumer.ts';
import { messages, until, type Bench } from './harness.ts';

const LEASE_MS = 1_500;

interface Consumer { child: ChildProcess; said: Said[]; log(): string; kill(): Promise<void> }

export function processesContract(use: () => Bench): void {
  let effects = '';
  const consumers: Consumer[] = [];
  beforeAll(() => { effects = mkdtempSync(path.join(tmpdir(), 'log-effects-')); });
  afterAll(async () => {
    await Promise.all(consumers.map((each) => each.kill()));
    rmSync(effects, { recursive: true, force: true });
  });

  const start = (job: Omit<Job, 'leaseMs' | 'effects'>): Consumer => {
    const { script, options } = use().opened.consumer ?? { script: '', options: {} };
    const consumer = consumerProcess(script, { ...options, ...job, leaseMs: LEASE_MS, effects });
    consumers.push(consumer);
    return consumer;
  };
  const effectsOf = (name: string): number[] => readdirSync(effects)
    .filter((file) => readFileSync(path.join(effects, file), 'utf8') === name).map(Number).sort((a, b) => a - b);

  test('a process suspended past its lease loses its partition; its late commit is refused, and it works on as a member', async () => {
    const { log, topic, group } = use();
    const [name, id] = [await topic(1), group()];
    const committed = async () => (await log.lag(id))[0]?.committed;
    await log.publish(name, messages(20));
    const stale = start({ name: 'stale', group: id, topic: name, suspends: true });
    await until('it suspended itself over a batch', () => stale.said.some((each) => each.type === 'suspends'));
    const fresh = start({ name: 'fresh', group: id, topic: name, suspends: false });
    await until('the other took over', async () => (await committed()) === 20);
    await log.publish(name, messages(10, { first: 20 }));
    await until('the other went on', async () => (await committed()) === 30);

    stale.child.kill('SIGCONT');
    await until('the late commit was refused', () => stale.log().includes('lease-lost'));
    expect(await committed()).toBe(30);
    await until('its effects were refused too', () => stale.said.some((each) => each.type === 'refused'));
    expect(stale.said.find((each) => each.type === 'refused')).toMatchObject({ records: [...Array(20).keys()] });
    expect(effectsOf('fresh')).toEqual([...Array(30).keys()]);
    expect(effectsOf('stale')).toEqual([]);

    await fresh.kill();
    await log.publish(name, messages(5, { first: 30 }));
    await until('it took over from the one that was killed', async () => (await committed()) === 35);
    expect(effectsOf('stale')).toEqual([30, 31, 32, 33, 34]);
    expect(fresh.said.filter((each) => each.type === 'refused')).toEqual([]);
  });
}

function consumerProcess(script: string, job: Job): Consumer {
  const child = fork(script, [JSON.stringify(job)], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const said: Said[] = [];
  let log = '';
  child.on('message', (message) => said.push(message as Said));
  child.stderr?.on('data', (chunk: Buffer) => { log += chunk.toString(); });
  return {
    child, said,
    log: () => log,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
