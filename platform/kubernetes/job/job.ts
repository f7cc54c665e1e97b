/** What is read of Kubernetes' objects, and no more. */
export interface Container {
  name: string;
  args?: string[];
  env?: { name: string; value?: string }[];
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}
export interface PodSpec { nodeName?: string; containers: Container[]; volumes?: { name: string; projected?: { sources: { configMap: { name: string } }[] } }[] }
interface Metadata { name?: string; labels?: Record<string, string>; annotations?: Record<string, string> }
export interface CronJob { metadata: { name: string }; spec: { jobTemplate: { metadata?: Metadata; spec: { template: { metadata?: Metadata; spec: PodSpec } } } } }
export interface Job { apiVersion: string; kind: string; metadata: Metadata & { name: string }; spec: CronJob['spec']['jobTemplate']['spec'] }

export interface Errand {
  /** Of the Job. */
  name: string;
  /** Of the container, in place of the template's. */
  args: string[];
  env: Record<string, string>;
  /** Where the files of these ConfigMaps are to be found; none without it. */
  files?: { at: string; configMaps: string[] };
  /** That it runs on; the scheduler chooses without it. */
  node?: string;
}

/** A Job that does an errand in the surroundings that a suspended CronJob describes: image, user, servers that it may reach. */
export function jobOf({ spec: { jobTemplate } }: CronJob, { name, args, env, files, node }: Errand): Job {
  const { template, ...rest } = jobTemplate.spec;
  const [first, ...others] = template.spec.containers;
  if (!first) throw new Error('the CronJob has no container');
  const volume = files === undefined ? [] : [{ name: 'errand', projected: { sources: files.configMaps.map((each) => ({ configMap: { name: each } })) } }];
  const mount = files === undefined ? [] : [{ name: 'errand', mountPath: files.at, readOnly: true }];
  const container = {
    ...first, args,
    env: [...(first.env ?? []).filter((each) => !(each.name in env)), ...Object.entries(env).map(([variable, value]) => ({ name: variable, value }))],
    volumeMounts: [...first.volumeMounts ?? [], ...mount],
  };
  return {
    apiVersion: 'batch/v1', kind: 'Job', metadata: { ...jobTemplate.metadata, name },
    spec: {
      ...rest,
      template: {
        ...template,
        spec: { ...template.spec, ...(node !== undefined && { nodeName: node }), containers: [container, ...others], volumes: [...template.spec.volumes ?? [], ...volume] },
      },
    },
  };
}
