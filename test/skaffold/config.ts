import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { applied, type Profile } from './profile.ts';

/** Where skaffold.yaml is, and what its paths begin at. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface SyncRule { src: string; dest: string; strip?: string }

export interface Artifact {
  image: string;
  docker: { dockerfile: string; target?: string };
  sync?: { manual: SyncRule[] };
}

export interface Release {
  name: string;
  chartPath: string;
  namespace: string;
  wait?: boolean;
  valuesFiles?: string[];
  setValues?: Record<string, string>;
  setValueTemplates?: Record<string, string>;
}

export interface PortForward { resourceType: string; resourceName: string; namespace: string; port: number; localPort: number }

/** What is done, as far as skaffold.yaml makes use of what skaffold can do. */
export interface Pipeline {
  build: { artifacts: Artifact[]; local: { push: boolean; useBuildkit: boolean } };
  deploy: {
    kubeContext: string;
    helm: { flags: Record<'install' | 'upgrade', string[]>; hooks: { before: { host: { command: string[] } }[] }; releases: Release[] };
  };
  portForward: PortForward[];
}

/** skaffold.yaml with profiles applied, in order. @throws Error where skaffold would refuse one */
export function pipeline(...profiles: string[]): Pipeline {
  const file = parse(readFileSync(path.join(ROOT, 'skaffold.yaml'), 'utf8')) as Pipeline & { profiles: Profile[] };
  return profiles.reduce<Pipeline>((config, name) => {
    const profile = file.profiles.find((each) => each.name === name);
    if (!profile) throw new Error(`skaffold.yaml has no profile ${name}`);
    return applied(config, profile);
  }, { build: file.build, deploy: file.deploy, portForward: file.portForward });
}

/** Names of all profiles. */
export function profileNames(): string[] {
  return (parse(readFileSync(path.join(ROOT, 'skaffold.yaml'), 'utf8')) as { profiles: Profile[] }).profiles.map(({ name }) => name);
}
