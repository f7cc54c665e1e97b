import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Folders whose every file is generated. */
const owned = ['schemas'];

/** Documents in `folder` that are missing, differ from what they should be, or should not be there; by path. */
export function staleIn(folder: string, wanted: Map<string, string>): string[] {
  const changed = [...wanted].filter(([name, content]) => contentOf(path.join(folder, name)) !== content).map(([name]) => name);
  return [...changed, ...leftOver(folder, wanted)].sort();
}

/** Makes the documents in `folder` what they should be. @returns those that were stale. */
export function write(folder: string, wanted: Map<string, string>): string[] {
  const stale = staleIn(folder, wanted);
  for (const name of stale) {
    const file = path.join(folder, name);
    const content = wanted.get(name);
    if (content === undefined) rmSync(file);
    else {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
  return stale;
}

function contentOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function leftOver(folder: string, wanted: Map<string, string>): string[] {
  return owned.filter((each) => existsSync(path.join(folder, each)))
    .flatMap((each) => readdirSync(path.join(folder, each)).map((name) => `${each}/${name}`))
    .filter((name) => !wanted.has(name));
}
