import { registerHooks } from 'node:module';
import type { Patch } from '../mutants/mutant.ts';
import { planted } from '../mutants/planted.ts';

const root = new URL('../../../', import.meta.url);

/**
 * Has this thread load patched sources from now on. What was loaded before stays as it is.
 * @returns a check that throws where a file was never loaded, and the bug is not there.
 */
export function plant(patches: readonly Patch[]): () => void {
  const byUrl = Map.groupBy(patches, ({ file }) => new URL(file, root).href);
  const loaded = new Set<string>();
  registerHooks({
    load(url, context, next) {
      const found = next(url, context);
      const wanted = byUrl.get(url);
      if (!wanted) return found;
      loaded.add(url);
      return { ...found, source: wanted.reduce(planted, String(found.source)) };
    },
  });
  return () => {
    for (const url of byUrl.keys()) if (!loaded.has(url)) throw new Error(`${url} was never loaded: nothing was planted there`);
  };
}
