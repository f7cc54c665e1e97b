import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { mutants } from './list.ts';
import { planted, PatchMisfits } from './planted.ts';
import { holds, runMutants } from './hunt.ts';

const root = new URL('../../../', import.meta.url);

describe('a patch', () => {
  const patch = { file: 'a.ts', find: 'await commit()', replace: 'commit()' };

  test('replaces its target', () => {
    expect(planted('x; await commit(); y;', patch)).toBe('x; commit(); y;');
  });

  test('takes no dollar sign for a reference', () => {
    expect(planted('x; await commit();', { ...patch, replace: '`$&${$1}`' })).toBe('x; `$&${$1}`;');
  });

  test('whose target is gone fails by name', () => {
    expect(() => planted('x; commit();', patch)).toThrow(expect.objectContaining({ name: 'PatchMisfits', code: 'target-gone' }));
  });

  test('whose target stands there twice fails by name', () => {
    expect(() => planted('await commit(); await commit();', patch)).toThrow(expect.objectContaining({ code: 'target-not-unique' }));
  });

  test('that changes nothing fails by name', () => {
    expect(() => planted('await commit();', { ...patch, replace: patch.find })).toThrow(PatchMisfits);
  });
});

describe('the planted bugs', () => {
  test('are at least twenty, each with a name of its own', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    expect(mutants.length).toBeGreaterThanOrEqual(20);
  });

  test.each(mutants)('$name fits the source', ({ patches }) => {
    const sources = new Map<string, string>();
    for (const patch of patches) {
      const source = sources.get(patch.file) ?? readFileSync(new URL(patch.file, root), 'utf8');
      sources.set(patch.file, planted(source, patch));
    }
  });

  test('is found when it is played, and the unpatched source passes the same seeds', async () => {
    const said: string[] = [];
    const { mutants: [hunted], unpatched } = await runMutants({ seeds: 3, only: 'compensation-lost', say: (line) => said.push(line) });
    expect(hunted?.found?.seeds).toBeLessThanOrEqual(3);
    expect(unpatched).toEqual({ name: 'unpatched', says: expect.any(String), seeds: hunted?.found?.seeds });
    expect(said).toHaveLength(3);
  });

  test('that never comes to an end is neither found nor survived', async () => {
    const hanging = { name: 'hanging', says: 'no turn ever ends', patches: [{ file: 'platform/simulation/system/turn.ts', find: 'process.nextTick(resolve)', replace: 'void resolve' }] };
    const hunt = await runMutants({ seeds: 1, among: [hanging], patienceMs: 2_000, say: () => undefined });
    expect(hunt.mutants).toEqual([{ name: hanging.name, says: hanging.says, error: expect.stringMatching(/^seed 1: /) }]);
    expect(holds(hunt)).toBe(false);
  });

  test('whose target is gone is not taken for found', async () => {
    const gone = { name: 'gone', says: 'is of a source that has changed since', patches: [{ file: 'services/orders/domain/steps.ts', find: 'no such text', replace: '' }] };
    const hunt = await runMutants({ seeds: 1, among: [gone], say: () => undefined });
    expect(hunt.mutants).toEqual([{ name: gone.name, says: gone.says, error: expect.stringContaining('target-gone') }]);
    expect(holds(hunt)).toBe(false);
  });
});
