import { expect, test } from '@jest/globals';
import { describeWith, rendered, settings } from '../test/helm.ts';
import { podOf, the, type Container, type Manifest, type PodSpec } from '../test/manifest.ts';

/** Nothing here needs a privilege: rules that every container keeps. */
const containerRules: Record<string, (container: Container) => boolean> = {
  'no escalation': ({ securityContext }) => securityContext?.allowPrivilegeEscalation === false && !securityContext.privileged,
  'a root file system to read only': ({ securityContext }) => securityContext?.readOnlyRootFilesystem === true,
  'not root': ({ securityContext }) => securityContext?.runAsUser !== 0,
  'no capabilities': ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') === true && !securityContext.capabilities.add?.length,
  'requests': ({ resources }) => resources?.requests?.['cpu'] !== undefined && resources.requests['memory'] !== undefined,
  'limits': ({ resources }) => resources?.limits?.['memory'] !== undefined,
  'no port of the node': ({ ports = [] }) => ports.every(({ hostPort }) => hostPort === undefined),
};

/** And every pod. */
const podRules: Record<string, (pod: PodSpec) => boolean> = {
  'nothing of the host': (pod) => !pod.hostNetwork && !pod.hostPID && !pod.hostIPC && !(pod.volumes ?? []).some((volume) => 'hostPath' in volume),
  'not root': ({ securityContext }) => securityContext?.runAsNonRoot === true && securityContext.runAsUser !== 0,
  'seccomp': ({ securityContext }) => securityContext?.seccompProfile?.type === 'RuntimeDefault',
  'no token of Kubernetes': (pod) => pod.automountServiceAccountToken === false,
};

const broken = <Subject>(rules: Record<string, (subject: Subject) => boolean>, subject: Subject) =>
  Object.entries(rules).filter(([, holds]) => !holds(subject)).map(([rule]) => rule);

function faultsOfPod(pod: PodSpec): string[] {
  const containers = [...pod.containers, ...pod.initContainers ?? []];
  return [...broken(podRules, pod), ...containers.flatMap((each) => broken(containerRules, each).map((rule) => `${each.name}: ${rule}`))];
}

const podsOf = (manifests: Manifest[]) => manifests.flatMap((manifest) => {
  const pod = podOf(manifest);
  return pod ? [{ name: `${manifest.kind} ${manifest.metadata.name}`, ...pod }] : [];
});

describeWith('helm', () => {
  test.each(settings)('no pod has a privilege, and each says what it needs (%s)', (...files) => {
    const pods = podsOf(rendered(files));
    expect(pods.length).toBeGreaterThan(15);
    expect(Object.fromEntries(pods.map(({ name, spec }) => [name, faultsOfPod(spec)]).filter(([, faults]) => faults?.length))).toEqual({});
  });

  test('a fault is found', () => {
    const { spec } = podsOf(rendered())[0]!;
    spec.containers[0]!.securityContext!.readOnlyRootFilesystem = false;
    delete spec.containers[0]!.resources!.limits;
    expect(faultsOfPod({ ...spec, hostNetwork: true })).toHaveLength(3);
  });

  test('no service account has a token, and nothing has a role', () => {
    const manifests = rendered(['values-failures.yaml']);
    const accounts = manifests.filter(({ kind }) => kind === 'ServiceAccount') as (Manifest & { automountServiceAccountToken?: boolean })[];
    expect(accounts.filter(({ automountServiceAccountToken }) => automountServiceAccountToken !== false)).toEqual([]);
    expect(manifests.filter(({ kind }) => kind.includes('Role'))).toEqual([]);
    const named = podsOf(manifests).map(({ spec }) => spec.serviceAccountName);
    expect(accounts.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(named));
  });

  test('pods are asked by the network, never by a command in them', () => {
    const probes = podsOf(rendered()).flatMap(({ spec }) => spec.containers).flatMap(({ startupProbe, livenessProbe, readinessProbe }) => [startupProbe, livenessProbe, readinessProbe]);
    expect(probes.filter((probe) => probe && 'exec' in probe)).toEqual([]);
    expect(probes.filter((probe) => probe && ('httpGet' in probe || 'tcpSocket' in probe)).length).toBeGreaterThan(20);
  });

  test('the network lets nobody in and nobody out who is not named', () => {
    const manifests = rendered();
    const pods = podsOf(manifests);
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec as { podSelector: { matchLabels: Record<string, string> }; policyTypes: string[] });
    const selects = (wanted: Record<string, string>, labels: Record<string, string> = {}) => Object.entries(wanted).every(([key, value]) => labels[key] === value);
    for (const { name, metadata } of pods) {
      const matching = policies.filter(({ podSelector }) => selects(podSelector.matchLabels, metadata.labels));
      expect([name, matching.map(({ policyTypes }) => policyTypes)]).toEqual([name, [['Ingress', 'Egress']]]);
    }
    for (const { spec } of manifests.filter(({ kind }) => kind === 'NetworkPolicy'))
      for (const rule of Object.values(spec as Record<string, object[]>).flat().filter((each) => typeof each === 'object'))
        if ('ports' in rule) expect('from' in rule || 'to' in rule).toBe(true);
  });

  test('a pod that ends has time for all of it, and nobody is cut off before', () => {
    const { spec } = podOf(the(rendered([], '--set', 'orders.drain.preStopSeconds=10,orders.drain.drainMs=4500,orders.drain.stopWithinMs=30000'), 'Deployment', 'orders'))!;
    expect(spec.terminationGracePeriodSeconds).toBe(50);
    const environment = Object.fromEntries(spec.containers[0]!.env!.map(({ name, value }) => [name, value]));
    expect(environment).toMatchObject({ DRAIN_MS: '4500', STOP_WITHIN_MS: '30000' });
  });

  test.each([[1, 0], [2, 1]])('with %d replicas there are %d budgets for a service', (replicas, budgets) => {
    const found = rendered([], '--set', `orders.replicas=${replicas}`).filter(({ kind, metadata }) => kind === 'PodDisruptionBudget' && metadata.name === 'orders');
    expect(found).toHaveLength(budgets);
  });
});
