import type { Patch } from './mutant.ts';

/** A patch that no longer fits the source it was written for. */
export class PatchMisfits extends Error {
  override readonly name = 'PatchMisfits';
  readonly code: 'target-gone' | 'target-not-unique' | 'nothing-changed';

  constructor(code: PatchMisfits['code'], { file, find }: Patch) {
    super(`${code}: ${file} with ${JSON.stringify(find)}`);
    this.code = code;
  }
}

/** `source` with the bug in it. @throws PatchMisfits */
export function planted(source: string, patch: Patch): string {
  const [before, after, ...more] = source.split(patch.find);
  if (before === undefined || after === undefined) throw new PatchMisfits('target-gone', patch);
  if (more.length > 0) throw new PatchMisfits('target-not-unique', patch);
  if (patch.find === patch.replace) throw new PatchMisfits('nothing-changed', patch);
  return before + patch.replace + after;
}
