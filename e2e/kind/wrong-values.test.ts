import { expect, test } from '@jest/globals';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { revision, upgrade } from './harness/helm.ts';

const cluster = clusterFrom('kind', process.env);

test.each([
  ['a typo', 'orders.replcas=2', /replcas/],
  ['a setting that the service does not know', 'orders.settings.STEP_TIMOUT_MS=1', /STEP_TIMOUT_MS/],
  ['a wrong type', 'gateway.replicas=many', /replicas/],
  ['two nodes of RabbitMQ, which could not tell who is cut off', 'rabbitmq.replicas=2', /replicas/],
])('%s is refused, and nothing changes', async (_, value, said) => {
  const before = await revision(cluster);
  await expect(upgrade(cluster, [value])).rejects.toThrow(said);
  expect(await revision(cluster)).toEqual(before);
});
