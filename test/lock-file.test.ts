import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Entry { version?: string; optionalDependencies?: Record<string, string>; resolved?: string; link?: boolean }

const lock = JSON.parse(readFileSync(path.join(import.meta.dirname, '../package-lock.json'), 'utf8')) as { packages: Record<string, Entry> };

/** A registry may serve a package without some of its platforms; npm then leaves those out of the lock without a word. */
test('every optional platform dependency in the lock file has its entry, Apple silicon included', () => {
  const missing: string[] = [];
  let seen = 0;
  for (const [name, { optionalDependencies = {} }] of Object.entries(lock.packages))
    for (const wanted of Object.keys(optionalDependencies).filter((each) => each.includes('darwin-arm64'))) {
      seen += 1;
      const places = [`${name}/node_modules/${wanted}`, `node_modules/${wanted}`];
      if (!places.some((place) => lock.packages[place])) missing.push(`${name} → ${wanted}`);
    }
  expect(missing).toEqual([]);
  expect(seen).toBeGreaterThan(2);
});

test('the lock file names no registry', () => {
  const resolved = Object.entries(lock.packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(resolved).toEqual([]);
});

test('every version that a package.json asks for is exact', () => {
  const manifest = JSON.parse(readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8')) as Record<string, Record<string, string>>;
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});
