import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Pipeline } from './pipeline.ts';
import { applied, type Profile } from './profile.ts';

/** Where skaffold.yaml is, and what its paths begin at. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

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
