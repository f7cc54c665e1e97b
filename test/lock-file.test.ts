import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Entry { version?: string; optionalDependencies?: Record<string, string>; resolved?: string; link?: boolean }

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, '..', file), 'utf8')) as Content;
}

/** A registry may serve a package without some of its platforms; npm then leaves those out of the lock without a word. */
test.each([['package-lock.json', 3], ['bench/package-lock.json', 1]])('every optional platform dependency in %s has its entry, Apple silicon included', (file, least) => {
  const lock = read<{ packages: Record<string, Entry> }>(file);
  const missing: string[] = [];
  let seen = 0;
  for (const [name, { optionalDependencies = {} }] of Object.entries(lock.packages))
    for (const wanted of Object.keys(optionalDependencies).filter((each) => each.includes('darwin-arm64'))) {
      seen += 1;
      const places = [`${name}/node_modules/${wanted}`, `node_modules/${wanted}`];
      if (!places.some((place) => lock.packages[place])) missing.push(`${name} → ${wanted}`);
    }
  expect(missing).toEqual([]);
  expect(seen).toBeGreaterThanOrEqual(least);
});

test.each(['package-lock.json', 'bench/package-lock.json'])('%s names no registry', (file) => {
  const lock = read<{ packages: Record<string, Entry> }>(file);
  const resolved = Object.entries(lock.packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(resolved).toEqual([]);
});

test.each(['package.json', 'bench/package.json'])('every version that %s asks for is exact', (file) => {
  const manifest = read<Record<string, Record<string, string>>>(file);
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});
