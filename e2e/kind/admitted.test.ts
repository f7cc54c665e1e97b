import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { template } from './harness/helm.ts';

const NAMESPACE = path.join(import.meta.dirname, '../../platform/kubernetes/namespace.yaml');
const cluster = clusterFrom('kind', process.env);

/** In a namespace of its own, since nothing that is installed may differ from what it has; only what is dry is made there. */
test.each(['values.yaml', 'values-failures.yaml', 'values-production.yaml'])('all that %s makes is admitted by the API server, without a warning', async (file) => {
  const elsewhere = { ...cluster, namespace: `admitted-${Date.now().toString(36)}` };
  await kubectl(cluster, ['create', '--filename', '-'], readFileSync(NAMESPACE, 'utf8').replace('name: tradewind', `name: ${elsewhere.namespace}`));
  try {
    const made = await kubectl(elsewhere, ['create', '--dry-run=server', '--warnings-as-errors', '--filename', '-'], await template(elsewhere, file));
    expect(made.split('\n').length).toBeGreaterThan(60);
  } finally {
    await kubectl(cluster, ['delete', 'namespace', elsewhere.namespace, '--wait=false']);
  }
});

test('what runs with a privilege is not', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'privileged' }, spec: { containers: [{ name: 'any', image: 'any', securityContext: { privileged: true } }] } };
  await expect(kubectl(cluster, ['create', '--dry-run=server', '--filename', '-'], JSON.stringify(pod))).rejects.toThrow(/PodSecurity|privileged/);
});
