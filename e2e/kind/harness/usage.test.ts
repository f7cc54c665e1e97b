import { expect, test } from '@jest/globals';
import { byName, nameOf } from './usage.ts';

test.each([['orders-848c5d5dc6-28ffw', 'orders'], ['order-history-79fcc787d5-64lxq', 'order-history'], ['kafka-brokers-0', 'kafka-brokers'], ['postgres-0', 'postgres']])(
  '%s is of %s', (pod, name) => expect(nameOf(pod)).toBe(name),
);

test('pods of a name are summed; one that was not there before has no rate yet', () => {
  const used = (cpuMs: number, at: number, bytes = 2 ** 20) => ({ cpuMs, at, bytes });
  const before = new Map([['rabbitmq-0', used(100, 0)], ['rabbitmq-1', used(0, 0)]]);
  const after = new Map([['rabbitmq-0', used(600, 1_000)], ['rabbitmq-1', used(250, 1_000)], ['rabbitmq-2', used(9, 1_000)]]);
  expect(byName(before, after)).toEqual(new Map([['rabbitmq', { pods: 2, cores: 0.75, megabytes: 2 }]]));
});
