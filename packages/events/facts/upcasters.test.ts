import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryOf } from '../arbitrary.ts';
import { decodeFact } from '../codec.ts';
import { commands } from '../commands/catalogue.ts';
import { fact } from '../fact.ts';
import { facts, type FactName } from './catalogue.ts';

const steps = Object.entries({ ...facts, ...commands }).flatMap(([name, kind]) => kind.upcasters.map((upcast, index) => ({
  name, from: index + 1, upcast: upcast as (data: unknown) => unknown, before: kind.versions[index], after: kind.versions[index + 1],
})));

test('there is at least one real second version', () => {
  expect(steps).not.toEqual([]);
});

test.each(steps)('whatever $name of version $from allows, its upcaster turns into the next version', ({ upcast, before, after }) => {
  fc.assert(fc.property(arbitraryOf(before!), (data) => {
    const copy = structuredClone(data);
    expect(after!.safeParse(upcast(data)).error).toBeUndefined();
    expect(data).toEqual(copy);
  }), { numRuns: 100 });
});

const old = (Object.keys(facts) as FactName[]).flatMap((name) => facts[name].versions.map((schema, index) => ({ name, version: index + 1, schema })));

test.each(old)('$name of version $version decodes into the current schema', ({ name, version, schema }) => {
  fc.assert(fc.property(arbitraryOf(schema), (data) => {
    const decoded = decodeFact({ type: `${facts[name].type}.v${version}`, data });
    expect(decoded.type).toBe(name);
    expect(facts[name].schema.safeParse(decoded.data).error).toBeUndefined();
  }), { numRuns: 20 });
});

test('a kind with a version that no upcaster leads on from is refused when it is defined', () => {
  const { schema } = facts.OrderConfirmed;
  expect(() => fact({ type: 'tradewind.x', schema, versions: [facts.OrderPlaced.schema, schema], summary: '' })).toThrow(/upcaster/);
  expect(() => fact({ type: 'tradewind.x', schema, versions: [schema, facts.OrderPlaced.schema], upcasters: [(data) => data], summary: '' })).toThrow(/upcaster/);
});
