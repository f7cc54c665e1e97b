import type { Mutant } from '../mutant.ts';

const rebuilding = 'services/order-history/rebuild';
const generations = 'services/order-history/read-model/memory/generations.ts';
const level = 'if (level(candidate(), durable.live)) return switched(durable, candidate(), judge);';

/** Another generation of the read model, built beside the live one. */
export const rebuildBugs: Mutant[] = [
  {
    name: 'rebuild-drops-live-events',
    says: 'a rebuilt read model takes over the positions of the live one rather than catch up with it, and no comparison is heeded',
    patches: [{
      file: generations, find: level,
      replace: 'for (const [key, at] of durable.live.positions) candidate().positions.set(key, at);\n        return switched(durable, candidate(), judge);',
    }, { file: `${rebuilding}/state.ts`, find: 'if (comparison.equal || is.acceptDifferences)', replace: 'if (comparison || is.acceptDifferences)' }],
  },
  {
    name: 'switch-position-unchecked',
    says: 'the switch does not look whether both generations stand at the same positions',
    patches: [{ file: generations, find: level, replace: 'return switched(durable, candidate(), judge);' }],
  },
  {
    name: 'rebuild-goes-on-from-positions-without-rows',
    says: 'a rebuild that goes on has the positions of what was built before, and not its rows',
    patches: [{
      file: generations, find: '  durable.candidate ??= new MemoryProjection();',
      replace: `  const before = durable.candidate?.positions ?? [];
  durable.candidate = new MemoryProjection();
  for (const [key, at] of before) durable.candidate.positions.set(key, at);`,
    }],
  },
  {
    name: 'rebuild-begins-anew',
    says: 'a rebuild that was interrupted begins anew',
    patches: [{ file: generations, find: '  durable.candidate ??= new MemoryProjection();', replace: '  durable.candidate = new MemoryProjection();' }],
  },
  {
    name: 'rebuild-forgotten-by-the-next-process',
    says: 'a process looks after a rebuild only when it is asked for one',
    patches: [{ file: 'services/order-history/service.ts', find: '      rebuilding.start();\n', replace: '' }, {
      file: `${rebuilding}/rebuilding.ts`, find: '      this.#wake.abort();\n      return next;', replace: '      this.start();\n      this.#wake.abort();\n      return next;',
    }],
  },
  {
    name: 'rebuild-ended-by-an-outage',
    says: 'a rebuild fails for good where it had only to wait',
    patches: [{ file: `${rebuilding}/state.ts`, find: 'return canRetry ? {', replace: 'return canRetry && code.length === 0 ? {' }],
  },
];
