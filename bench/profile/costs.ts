import type { Profile } from './preload.ts';

export interface Cost { name: string; ms: number }

/** Self and inclusive CPU by function, self CPU by module; each from the greatest. Idle time is left out. */
export function costs({ nodes, samples = [], timeDeltas = [] }: Profile): { self: Cost[]; inclusive: Cost[]; modules: Cost[] } {
  const ownMs = new Map<number, number>();
  samples.forEach((id, at) => ownMs.set(id, (ownMs.get(id) ?? 0) + (timeDeltas[at] ?? 0) / 1000));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const self = new Map<string, number>();
  const inclusive = new Map<string, number>();
  const modules = new Map<string, number>();
  for (const [id, ms] of ownMs) {
    const node = byId.get(id);
    if (!node || ['(idle)', '(root)'].includes(node.callFrame.functionName)) continue;
    add(self, nameOf(node.callFrame), ms);
    add(modules, moduleOf(node.callFrame), ms);
    const stack = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame) stack.add(nameOf(frame));
    }
    for (const name of stack) add(inclusive, name, ms);
  }
  return { self: sorted(self), inclusive: sorted(inclusive), modules: sorted(modules) };
}

type Frame = Profile['nodes'][number]['callFrame'];

function nameOf({ functionName, url, lineNumber }: Frame): string {
  return `${functionName || '(anonymous)'} ${place(url)}${url ? `:${lineNumber + 1}` : ''}`;
}

function place(url: string): string {
  return url.replace(/^.*\/(?=(packages|services|platform|bench)\/)/, '').replace(/^.*node_modules\//, '');
}

/** A folder of ours two deep, a package, or a part of Node. */
function moduleOf({ functionName, url }: Frame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native';
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  const parts = place(url).split('/');
  return parts.slice(0, url.includes('node_modules') && !parts[0]?.startsWith('@') ? 1 : url.includes('node_modules') ? 2 : 3).join('/');
}

function add(map: Map<string, number>, name: string, ms: number): void {
  map.set(name, (map.get(name) ?? 0) + ms);
}

function sorted(map: Map<string, number>): Cost[] {
  return [...map].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms);
}
