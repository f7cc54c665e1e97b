import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Http } from '@tradewind/chassis/http/client.ts';
import type { JsonSchema, OpenApi } from '@tradewind/chassis/http/openapi/document.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import type { GatewayRoute } from '../routes.ts';

const ASK_MS = 2_000;
const COMPLETE_MS = 30_000;
/** While a service is missing, it is asked for again soon. */
const INCOMPLETE_MS = 2_000;

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

interface Source { service: string; document: OpenApi }

/**
 * The OpenAPI document of the public API, put together from those of the services and kept for 30 s. A
 * service that does not answer is described as it last was.
 * @returns a function that gives it as JSON. It throws Problem `service-unavailable` when no service ever answered.
 */
export function publicDocument({ http, clock, routes }: { http: Http; clock: Clock; routes: GatewayRoute[] }): () => Promise<string> {
  const services = [...new Set(routes.map((route) => route.service))];
  const known = new Map<string, OpenApi>();
  let made: { json: string; until: number } | undefined;
  let making: Promise<string> | undefined;

  const make = async (): Promise<string> => {
    const answers = await Promise.all(services.map((service) => ask(http, service, clock.now() + ASK_MS)));
    for (const [index, document] of answers.entries()) if (document) known.set(services[index] ?? '', document);
    if (known.size === 0) throw new Problem('service-unavailable', 'No service describes itself at the moment.');
    const sources = services.flatMap((service) => {
      const document = known.get(service);
      return document ? [{ service, document }] : [];
    });
    const json = JSON.stringify(merge(sources, routes));
    made = { json, until: clock.now() + (answers.every(Boolean) ? COMPLETE_MS : INCOMPLETE_MS) };
    return json;
  };

  return () => {
    if (made && clock.now() < made.until) return Promise.resolve(made.json);
    making ??= make().finally(() => { making = undefined; });
    return making;
  };
}

async function ask(http: Http, service: string, deadline: number): Promise<OpenApi | undefined> {
  try {
    const answer = await http.send({ service, method: 'GET', path: '/openapi.json', headers: { 'x-caller': 'service:gateway' }, deadline });
    return answer.status === 200 ? JSON.parse(answer.body.toString()) as OpenApi : undefined;
  } catch {
    return undefined;
  }
}

/** One document of the operations that are both public and routed to. */
export function merge(sources: Source[], routes: GatewayRoute[]): OpenApi {
  const merged: OpenApi = {
    openapi: '3.1.0',
    info: {
      title: 'Tradewind', version: '1.0.0',
      description: 'Orders, customers, products and notifications. Errors are problem details (RFC 9457) with a stable `code`.',
    },
    paths: {},
    components: { schemas: {}, securitySchemes: {} },
  };
  for (const { service, document } of sources) {
    const { paths, components } = withOwnNames(service, document, merged.components.schemas);
    Object.assign(merged.components.schemas, components.schemas);
    Object.assign(merged.components.securitySchemes, components.securitySchemes);
    for (const { path, method } of routes.filter((route) => route.service === service)) {
      const operation = paths[path]?.[method.toLowerCase()];
      if (operation?.['x-audience'] === 'public') merged.paths[path] = { ...merged.paths[path], [method.toLowerCase()]: operation };
    }
  }
  const tags = Object.values(merged.paths).flatMap((operations) => Object.values(operations)).flatMap((operation) => operation.tags);
  return { ...merged, tags: [...new Set(tags)].map((name) => ({ name })), components: { ...merged.components, schemas: referenced(merged) } };
}

/** The document with those of its schemas renamed whose name means something else in `taken`. */
function withOwnNames(service: string, document: OpenApi, taken: Record<string, JsonSchema>): OpenApi {
  const means = (name: string) => JSON.stringify(document.components.schemas[name]);
  const clashing = Object.keys(document.components.schemas).filter((name) => taken[name] && JSON.stringify(taken[name]) !== means(name));
  if (clashing.length === 0) return document;
  const own = (name: string) => (clashing.includes(name) ? `${service.replaceAll('-', '_')}_${name}` : name);
  const text = JSON.stringify(document).replace(REFERENCE, (_, name: string) => `"#/components/schemas/${own(name)}"`);
  const renamed = JSON.parse(text) as OpenApi;
  renamed.components.schemas = Object.fromEntries(Object.entries(renamed.components.schemas).map(([name, schema]) => [own(name), schema]));
  return renamed;
}

/** Schemas that the paths refer to, directly or through another schema. */
function referenced({ paths, components }: OpenApi): Record<string, JsonSchema> {
  const kept: Record<string, JsonSchema> = {};
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(REFERENCE)) {
      const schema = components.schemas[name];
      if (!schema || kept[name]) continue;
      kept[name] = schema;
      visit(schema);
    }
  };
  visit(paths);
  return Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
}
