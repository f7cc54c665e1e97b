/** As much of Kubernetes' objects as the tests look at. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  ports?: { hostPort?: number }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: { allowPrivilegeEscalation?: boolean; privileged?: boolean; readOnlyRootFilesystem?: boolean; runAsUser?: number; capabilities?: { drop?: string[]; add?: string[] } };
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}
type Probe = Record<string, unknown>;

export interface PodSpec {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  hostNetwork?: boolean; hostPID?: boolean; hostIPC?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type: string } };
  containers: Container[];
  initContainers?: Container[];
  volumes?: Record<string, unknown>[];
}

interface Pod { metadata: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec: PodSpec }

export interface Rule { from?: Peer[]; to?: Peer[]; ports?: { port: number; protocol: string }[] }
export interface Peer { podSelector?: Selector; namespaceSelector?: Selector }
interface Selector { matchLabels?: Record<string, string> }

/** The pod that an object makes, if it makes any. */
export function podOf({ kind, spec }: Manifest): Pod | undefined {
  if (kind === 'CronJob') return (spec as { jobTemplate: { spec: { template: Pod } } }).jobTemplate.spec.template;
  return ['Deployment', 'StatefulSet', 'Job'].includes(kind) ? (spec as { template: Pod }).template : undefined;
}

/** The one of that kind and name, whose spec is what the caller knows it to be. @throws Error when there is none */
export function the<Spec = Record<string, unknown>>(manifests: Manifest[], kind: string, name: string): Manifest & { spec: Spec } {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found as Manifest & { spec: Spec };
}
