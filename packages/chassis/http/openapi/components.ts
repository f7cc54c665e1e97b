import { z } from 'zod';
import type { JsonSchema } from './document.ts';

/** Collects the named schemas of a document (`.meta({ id })`) while others are turned into JSON Schema. */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};

  /**
   * A zod schema as its callers write it, with references to named ones.
   * @throws Error when two different schemas have one name.
   */
  schema(schema: z.ZodType): JsonSchema {
    const { $defs = {}, ...rest } = asJson(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
    for (const [name, definition] of Object.entries($defs as Record<string, JsonSchema>)) this.add(name, definition);
    delete rest['$schema'];
    return rest;
  }

  add(name: string, definition: JsonSchema): void {
    const known = this.schemas[name];
    if (known && JSON.stringify(known) !== JSON.stringify(definition)) throw new Error(`two schemas are called ${name}`);
    this.schemas[name] = definition;
  }
}

function asJson(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema;
}
