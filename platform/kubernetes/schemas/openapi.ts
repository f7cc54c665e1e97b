/** A cluster's own description of what it takes (`/openapi/v2`), as far as it is used here. */
export interface OpenApi { definitions: Record<string, Schema> }

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  enum?: unknown[];
  'x-kubernetes-group-version-kind'?: Kind[];
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  [keyword: string]: unknown;
}

export interface Kind { group: string; version: string; kind: string }

const SHARED = '_definitions.json';
const REFERENCE = '#/definitions/';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
/** What says something of values, as opposed to what explains it or is for servers. */
const KEPT = new Set(['type', 'enum', 'required', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems', 'minProperties', 'maxProperties']);

/**
 * JSON Schemas by which a manifest can be checked without a cluster: a file a kind, named as kubeconform's
 * `{{.ResourceKind}}{{.KindSuffix}}.json`, and one of what they share. A property that the cluster does not know is an error.
 * @throws Error naming a kind that the cluster does not have
 */
export function schemasOf({ definitions }: OpenApi, kinds: Kind[]): Map<string, object> {
  const shared: Record<string, object> = {};
  const files = new Map<string, object>();
  for (const kind of kinds) {
    const name = Object.keys(definitions).find((each) => definitions[each]?.['x-kubernetes-group-version-kind']?.some((other) => same(other, kind)));
    if (name === undefined) throw new Error(`the cluster has no ${kind.kind} of ${kind.group || 'the core'}/${kind.version}`);
    shared[name] = strict(definitions[name] ?? {}, true);
    follow(name, definitions, shared);
    files.set(fileOf(kind), { $ref: `${SHARED}${REFERENCE}${name}` });
  }
  files.set(SHARED, { definitions: Object.fromEntries(Object.entries(shared).sort(([one], [other]) => (one < other ? -1 : 1))) });
  return files;
}

function same(one: Kind, other: Kind): boolean {
  return one.group === other.group && one.version === other.version && one.kind === other.kind;
}

function fileOf({ group, version, kind }: Kind): string {
  return `${[kind.toLowerCase(), group.split('.')[0], version].filter(Boolean).join('-')}.json`;
}

/** All that a definition leads to. */
function follow(name: string, definitions: Record<string, Schema>, shared: Record<string, object>): void {
  for (const [, next = ''] of JSON.stringify(shared[name]).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
    const found = definitions[next];
    if (!found) throw new Error(`${next} is not defined`);
    if (next in shared) continue;
    shared[next] = next === QUANTITY ? { type: ['string', 'number'] } : strict(found);
    follow(next, definitions, shared);
  }
}

/** @param top a manifest, which has no status as long as nobody but its author knows it. */
function strict(schema: Schema, top = false): object {
  if (schema.$ref !== undefined) return { $ref: schema.$ref };
  if (schema['x-kubernetes-int-or-string'] || schema.format === 'int-or-string') return { type: ['integer', 'string'] };
  const own = Object.entries(schema).filter(([keyword]) => KEPT.has(keyword));
  return { ...Object.fromEntries(own), ...inside(schema, top) };
}

function inside({ properties, additionalProperties, items, ...schema }: Schema, top: boolean): object {
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return {
    ...(items && { items: strict(items) }),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !(top && name === 'status')).map(([name, each]) => [name, strict(each)])) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: strict(additionalProperties) }),
    ...(properties && additionalProperties === undefined && !open && { additionalProperties: false }),
  };
}
