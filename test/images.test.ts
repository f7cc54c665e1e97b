import { expect, test } from '@jest/globals';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const recipeOf = (folder: string) => readFileSync(path.join(import.meta.dirname, '..', folder, 'Dockerfile'), 'utf8');
const services = serviceNames.map((name) => `services/${name}`);

/** Instructions of the last stage: of what is run. */
function lastStage(recipe: string): [string, string][] {
  const instructions = recipe.replaceAll('\\\n', '').split('\n').filter((line) => /^[A-Z]/.test(line))
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as [string, string]);
  return instructions.slice(instructions.findLastIndex(([word]) => word === 'FROM'));
}

test("services' images are built by one recipe, so that they share their layers", () => {
  const [first = '', ...others] = services.map((folder) => recipeOf(folder).replaceAll(folder, 'services/NAME').replace(/\nLABEL .*\n$/, ''));
  expect(others.filter((recipe) => recipe !== first)).toEqual([]);
  expect(lastStage(first).filter(([, rest]) => rest.includes('services/NAME')).map(([word]) => word)).toEqual(['COPY', 'CMD']);
});

test('no recipe is as long as another', () => {
  // BuildKit takes a Dockerfile of the same length and time, as of a fresh checkout, for the one before: inventory's image was that of customers.
  const lengths = services.map((folder) => recipeOf(folder).length);
  expect(new Set(lengths).size).toBe(lengths.length);
});

test.each([...services, 'platform'])('%s runs as nobody in particular, and its process hears signals itself', (folder) => {
  const stage = lastStage(recipeOf(folder));
  const said = (word: string) => stage.filter(([each]) => each === word).map(([, rest]) => rest);
  expect(said('FROM')).toEqual(['node:24-bookworm-slim']);
  expect(said('USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
  expect(said('ENTRYPOINT').map((line) => JSON.parse(line) as string[])).toEqual([['node']]);
  const [command = []] = said('CMD').map((line) => JSON.parse(line) as string[]);
  expect(command.find((word) => word.endsWith('.ts'))).toMatch(new RegExp(`^${folder}/`));
  // What it runs belongs to root, and nothing is run at its start that could write to it.
  expect(stage.filter(([word, rest]) => word === 'RUN' || word === 'ADD' || word === 'VOLUME' || rest.includes('--chown'))).toEqual([]);
});

test('no image holds a test, a page or a secret of this folder', () => {
  const ignored = readFileSync(path.join(import.meta.dirname, '../.dockerignore'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
  expect(ignored[0]).toBe('*');
  expect(ignored.filter((line) => line.startsWith('!'))).toEqual(['!package.json', '!package-lock.json', '!.npmrc', '!packages', '!services', '!platform']);
  expect(ignored).toEqual(expect.arrayContaining(['**/node_modules', '**/*.test.ts']));
});
