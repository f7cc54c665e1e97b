import { expect, test } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const elsewhere = (name: string) => ['node_modules', '.tradewind', '.git'].includes(path.basename(name));
const pages = globSync('**/*.md', { cwd: root, exclude: elsewhere });

test('every link between pages and files leads somewhere', () => {
  const broken = pages.flatMap((page) => linksOf(readFileSync(path.join(root, page), 'utf8'))
    .filter((link) => !existsSync(path.resolve(root, path.dirname(page), link)))
    .map((link) => `${page}: ${link}`));
  expect(pages.length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});

/** Targets of relative links, without what follows a #. */
function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target.replace(/#.*$/, '')).filter((target) => target !== '' && !/^[a-z]+:/i.test(target));
}
