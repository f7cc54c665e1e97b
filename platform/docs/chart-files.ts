import { readFileSync } from 'node:fs';
import { access } from './access.ts';
import { withVariables, type ValuesSchema } from './chart-values.ts';
import { json } from './json.ts';

const SCHEMA = 'platform/values.schema.json';

/** Every generated file of the charts, by its path below charts/; of the schema of values, only what services read is generated. */
export function chartFiles(): Map<string, string> {
  const schema = JSON.parse(readFileSync(new URL(`../../charts/${SCHEMA}`, import.meta.url), 'utf8')) as ValuesSchema;
  return new Map([['platform/files/access.json', json(access())], [SCHEMA, json(withVariables(schema))]]);
}
