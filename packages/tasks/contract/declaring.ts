import { expect, test } from '@jest/globals';
import type { Topology } from '../port.ts';
import { depthOf, task, type Bench } from './harness.ts';

export function declaringContract(use: () => Bench): void {
  const fresh = (): Topology => {
    const { name } = use();
    const [exchange, queue] = [name('exchange'), name('queue')];
    return { exchanges: [{ name: exchange, kind: 'direct' }], queues: [{ name: queue }], bindings: [{ exchange, queue, pattern: 'a' }] };
  };

  test('a topology may be declared again, by several at once, and keeps what is in its queues', async () => {
    const { tasks, other } = use();
    const topology = fresh();
    const [exchange, queue] = [topology.exchanges[0]!.name, topology.queues[0]!.name];
    await Promise.all([tasks.declare(topology), other.declare(topology), tasks.declare(topology)]);
    await tasks.publish([task(exchange, 'a', 1)]);
    await other.declare(topology);
    expect(await depthOf(tasks, queue)).toEqual({ ready: 1, unsettled: 0, retrying: 0, dead: 0 });
  });

  test.each<[string, (topology: Topology) => Topology, RegExp]>([
    ['an exchange of another kind', (topology) => ({ ...topology, exchanges: [{ ...topology.exchanges[0]!, kind: 'topic' }] }), /exchange-.* is direct, not topic/],
    ['a queue that retries otherwise', (topology) => ({ ...topology, queues: [{ ...topology.queues[0]!, retry: { attempts: 3, delayMs: 200, factor: 2, maxDelayMs: 30_000 } }] }), /queue-.* 8 attempts.* not 3 attempts/],
    ['a queue that is temporary', (topology) => ({ ...topology, queues: [{ ...topology.queues[0]!, temporary: true }] }), /queue-.* lasting, not temporary/],
  ])('%s is refused, saying how it differs, and nothing else of that declaration is created', async (_, change, how) => {
    const { tasks, other, name } = use();
    const topology = fresh();
    await tasks.declare(topology);
    const extra = name('extra');
    const changed = change(topology);
    const refused = { ...changed, queues: [{ name: extra }, ...changed.queues] };
    await expect(other.declare(refused)).rejects.toMatchObject({ code: 'topology-differs', canRetry: false, message: expect.stringMatching(how) });
    expect(await depthOf(tasks, extra)).toBeUndefined();
  });

  test('a binding to what nobody declared is refused', async () => {
    const { tasks, name } = use();
    const topology = fresh();
    const [exchange, queue] = [topology.exchanges[0]!.name, topology.queues[0]!.name];
    await expect(tasks.declare({ ...topology, bindings: [{ exchange: name('nowhere'), queue, pattern: '' }] })).rejects.toMatchObject({ code: 'exchange-unknown' });
    await expect(tasks.declare({ ...topology, bindings: [{ exchange, queue: name('nowhere'), pattern: '' }] })).rejects.toMatchObject({ code: 'queue-unknown' });
  });

  test('depths name every queue, empty ones too', async () => {
    const { tasks } = use();
    const topology = fresh();
    await tasks.declare(topology);
    expect(await tasks.depths()).toContainEqual({ queue: topology.queues[0]!.name, ready: 0, unsettled: 0, retrying: 0, dead: 0 });
  });
}
