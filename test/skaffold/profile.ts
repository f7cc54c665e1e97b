import type { Pipeline } from './pipeline.ts';

interface Patch { op?: string; path: string; value?: unknown }

export interface Profile {
  name: string;
  build?: Partial<Pipeline['build']>;
  deploy?: Partial<Pipeline['deploy']>;
  portForward?: Pipeline['portForward'];
  patches?: Patch[];
}

type Folder = Record<string, unknown> | unknown[];

/** As skaffold does it: what the profile says goes in the place of a list or builder as a whole, and then its patches change single fields. @throws Error at a path that is not there */
export function applied(config: Pipeline, { build, deploy, portForward, patches = [] }: Profile): Pipeline {
  const merged = structuredClone({
    build: { ...config.build, ...build },
    deploy: { ...config.deploy, ...deploy },
    portForward: portForward ?? config.portForward,
  });
  for (const patch of patches) apply(merged as Folder & Pipeline, patch);
  return merged;
}

function apply(config: Folder, { op = 'replace', path, value }: Patch): void {
  const names = path.split('/').slice(1);
  const last = names.pop() ?? '';
  const folder = names.reduce<unknown>((within, name) => isFolder(within) ? at(within, name) : undefined, config);
  if (!isFolder(folder)) throw new Error(`invalid path: ${path}`);
  const there = at(folder, last) !== undefined;
  if (op === 'add') return add(folder, last, structuredClone(value));
  if (!there || (op !== 'replace' && op !== 'remove')) throw new Error(`invalid patch: ${op} ${path}`);
  if (op === 'remove') return remove(folder, last);
  Object.assign(folder, { [last]: structuredClone(value) });
}

function add(folder: Folder, name: string, value: unknown): void {
  if (!Array.isArray(folder)) folder[name] = value;
  else folder.splice(name === '-' ? folder.length : Number(name), 0, value);
}

function remove(folder: Folder, name: string): void {
  if (Array.isArray(folder)) folder.splice(Number(name), 1);
  else Reflect.deleteProperty(folder, name);
}

const isFolder = (value: unknown): value is Folder => typeof value === 'object' && value !== null;
const at = (folder: Folder, name: string): unknown => Array.isArray(folder) ? folder[Number(name)] : folder[name];
