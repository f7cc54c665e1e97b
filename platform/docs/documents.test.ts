import { expect, test } from '@jest/globals';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { facts } from '@tradewind/events/facts/catalogue.ts';
import { queueOf, topics } from '@tradewind/events/topology.ts';
import { asyncApi } from './asyncapi.ts';
import { catalogues, problems } from './catalogues.ts';
import { configurationPage } from './configuration.ts';
import { configurations } from './configurations.ts';
import { documents } from './documents.ts';
import { errorsPage } from './errors.ts';
import { staleIn, write } from './stale.ts';

const root = path.resolve(import.meta.dirname, '../..');
const sources = globSync('{packages,services,platform}/**/*.ts', { cwd: root, exclude: (name) => name.includes('node_modules') })
  .filter((name) => !name.endsWith('.test.ts'));

test('every service that answers with problems of its own is documented', () => {
  const services = sources.flatMap((name) => /^services\/([^/]+)\/http\/problems\.ts$/.exec(name)?.slice(1) ?? []);
  expect(Object.keys(problems).slice(1).sort()).toEqual(services.sort());
});

test('every error catalogue is documented', () => {
  const declared = sources.flatMap((name) => [...readFileSync(path.join(root, name), 'utf8').matchAll(/= errorCatalogue\('([^']+)'/g)].map(([, owner]) => owner));
  expect(catalogues.map((each) => each.owner).sort()).toEqual(declared.sort());
});

test('a page of errors says code, status, meaning, whether to try again, and what to do', () => {
  const page = errorsPage({ kitchen: { 'oven-cold': { status: 503, title: 'The oven is cold', help: 'Wait | warm it.' } } }, []);
  expect(page).toContain('### Kitchen');
  expect(page).toContain('| `oven-cold` | 503 | The oven is cold | yes | Wait \\| warm it. |');
});

interface Document {
  channels: Record<string, { messages: Record<string, { $ref: string }> }>;
  operations: Record<string, { action: string; channel: { $ref: string }; messages: { $ref: string }[] }>;
  components: { messages: Record<string, { payload: { allOf: { $ref?: string; properties?: { data: { $ref: string } } }[] } }> };
}
const document = JSON.parse(JSON.stringify(asyncApi('1.0.0'))) as Document;

test('topics, queues and exchanges are channels, and each is both written and read', () => {
  expect(Object.keys(document.channels)).toEqual(expect.arrayContaining([...Object.values(topics), ...Object.values(queueOf)]));
  for (const channel of Object.keys(document.channels))
    expect(Object.values(document.operations).filter((each) => each.channel.$ref === `#/channels/${channel}`).map((each) => each.action))
      .toEqual(expect.arrayContaining(['send', 'receive']));
});

test('every reference leads somewhere', () => {
  const at = (pointer: string) => pointer.slice(2).split('/').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);
  for (const { messages } of Object.values(document.channels)) for (const { $ref } of Object.values(messages)) expect(at($ref)).toBeDefined();
  for (const { channel, messages } of Object.values(document.operations)) {
    expect(messages.length).toBeGreaterThan(0);
    for (const { $ref } of [channel, ...messages]) expect(at($ref)).toBeDefined();
  }
  const files = documents();
  for (const { payload: { allOf } } of Object.values(document.components.messages))
    for (const part of allOf) expect(files.has((part.$ref ?? part.properties!.data.$ref).slice(2))).toBe(true);
});

test('every fact stands on the topic of one service', () => {
  const onTopics = Object.values(topics).flatMap((topic) => Object.keys(document.channels[topic]!.messages));
  const versions = Object.entries(facts).flatMap(([name, kind]) => kind.versions.map((_, index) => `${name}.v${index + 1}`));
  expect(onTopics.sort()).toEqual(versions.sort());
});

test('documents are written once, and stale ones are told by name', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'docs-'));
  const wanted = new Map([['schemas/a.json', '{}\n'], ['errors.md', '# Errors\n']]);
  expect(staleIn(folder, wanted)).toEqual(['errors.md', 'schemas/a.json']);
  write(folder, wanted);
  expect(staleIn(folder, wanted)).toEqual([]);
  writeFileSync(path.join(folder, 'errors.md'), 'edited');
  mkdirSync(path.join(folder, 'adr'));
  writeFileSync(path.join(folder, 'adr/0001.md'), 'written by hand');
  writeFileSync(path.join(folder, 'schemas/gone.json'), '{}');
  expect(staleIn(folder, wanted)).toEqual(['errors.md', 'schemas/gone.json']);
  expect(write(folder, wanted)).toEqual(['errors.md', 'schemas/gone.json']);
  expect(staleIn(folder, wanted)).toEqual([]);
  expect(readFileSync(path.join(folder, 'adr/0001.md'), 'utf8')).toBe('written by hand');
  rmSync(folder, { recursive: true });
});

test('every service that is a process is configured, and each of its variables is explained', () => {
  const services = sources.flatMap((name) => /^services\/([^/]+)\/main\.ts$/.exec(name)?.slice(1) ?? []);
  expect(Object.keys(configurations).sort()).toEqual(services.sort());
  const page = configurationPage(configurations);
  for (const { shape } of Object.values(configurations))
    for (const variable of Object.keys(shape)) expect(page).toMatch(new RegExp(`^\\| \`${variable}\` \\| \\S.* \\| .* \\|$`, 'm'));
});
