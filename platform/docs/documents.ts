import { readFileSync } from 'node:fs';
import { asyncApi } from './asyncapi.ts';
import { catalogues, problems } from './catalogues.ts';
import { configurationPage } from './configuration.ts';
import { errorsPage } from './errors.ts';
import { configurations } from './configurations.ts';
import { json } from './json.ts';
import { schemaFiles } from './schemas.ts';

/** Every generated document, by its path below docs/. */
export function documents(): Map<string, string> {
  return new Map([
    ...[...schemaFiles()].map(([name, content]) => [`schemas/${name}`, content] as const),
    ['asyncapi.json', json(asyncApi(ownVersion()))],
    ['errors.md', errorsPage(problems, catalogues)],
    ['configuration.md', configurationPage(configurations)],
  ]);
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
