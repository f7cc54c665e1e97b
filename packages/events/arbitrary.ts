import fc from 'fast-check';
import { z } from 'zod';

type Json = z.core.JSONSchema.BaseSchema;

/** Data of all shapes that a schema allows, for property tests: from its JSON Schema, held against the schema itself. */
export function arbitraryOf<Schema extends z.ZodType>(schema: Schema): fc.Arbitrary<z.infer<Schema>> {
  const json = z.toJSONSchema(schema);
  return from(json, json.$defs ?? {}).filter((data) => schema.safeParse(data).success) as fc.Arbitrary<z.infer<Schema>>;
}

function from(json: Json, defs: Record<string, Json>): fc.Arbitrary<unknown> {
  if (json.$ref) return from(found(defs, json.$ref), defs);
  if (json.enum) return fc.constantFrom(...json.enum);
  if (json.anyOf) return fc.oneof(...json.anyOf.map((each) => from(each as Json, defs)));
  switch (json.type) {
    case 'object': return object(json, defs);
    case 'array': return array(json, defs);
    case 'string': return text(json);
    case 'integer': return integer(json);
    default: throw new Error(`no arbitrary for ${JSON.stringify(json)}`);
  }
}

function found(defs: Record<string, Json>, ref: string): Json {
  const definition = defs[ref.replace('#/$defs/', '')];
  if (!definition) throw new Error(`no definition of ${ref}`);
  return definition;
}

function object({ properties = {}, required = [] }: Json, defs: Record<string, Json>): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, each]) => [name, from(each as Json, defs)] as const);
  return fc.record<Record<string, unknown>, string>(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true });
}

function array({ items, minItems = 0, maxItems = 20 }: Json, defs: Record<string, Json>): fc.Arbitrary<unknown> {
  return fc.array(from(items as Json, defs), { minLength: minItems, maxLength: Math.min(maxItems, 20) });
}

function text({ pattern, minLength = 0, maxLength = 100 }: Json): fc.Arbitrary<string> {
  if (pattern) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.floor(maxLength / 4)) });
}

/** Each order of magnitude is as likely, so that small and large ones both occur. */
function integer({ minimum: min = 0, maximum: max = Number.MAX_SAFE_INTEGER }: Json): fc.Arbitrary<number> {
  const bits = Math.ceil(Math.log2(max - min + 1));
  return fc.nat({ max: bits }).chain((size) => fc.integer({ min, max: Math.min(max, min + 2 ** size) }));
}
