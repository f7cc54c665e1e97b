import { commands } from '@tradewind/events/commands/catalogue.ts';
import { envelopeSchema } from '@tradewind/events/envelope-schema.ts';
import type { Kind } from '@tradewind/events/fact.ts';
import { facts } from '@tradewind/events/facts/catalogue.ts';
import { z } from 'zod';
import { json } from './json.ts';

/** File name and JSON Schema of each version of each message's data, and of the envelope around it. */
export function schemaFiles(): Map<string, string> {
  const files = new Map([['envelope.json', json({ title: 'Envelope', ...z.toJSONSchema(envelopeSchema) })]]);
  for (const [name, kind] of Object.entries({ ...facts, ...commands }))
    kind.versions.forEach((schema, index) => files.set(schemaFile(kind, index + 1), json(schemaOf(name, kind, schema))));
  return files;
}

export function schemaFile({ type }: Kind, version: number): string {
  return `${type}.v${version}.json`;
}

function schemaOf(title: string, { summary }: Kind, schema: z.ZodType): object {
  const { $schema, ...rest } = z.toJSONSchema(schema);
  return { $schema, title, description: summary, ...rest };
}
