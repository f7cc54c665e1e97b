import type { z } from 'zod';
import type { Service } from '../service.ts';
import { Components } from './openapi/components.ts';
import type { JsonSchema, OpenApi, OpenApiInfo, Operation, Parameter, ResponseObject } from './openapi/document.ts';
import { problemResponses, problemSchema } from './openapi/problems.ts';
import type { ProblemKinds } from './problem.ts';
import type { ResponseSpec, Route } from './route.ts';

const idempotencyKey: Parameter = {
  name: 'Idempotency-Key', in: 'header', required: true,
  description: 'One key per intended effect; the same request under the same key gets the first answer again, for 24 h.',
  schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[!-~]+$' },
};

/** The OpenAPI 3.1 document of a service's routes, from the zod schemas that check its requests. */
export function describe(service: Pick<Service, 'routes' | 'problems'>, info: OpenApiInfo): OpenApi {
  const components = new Components();
  components.add('Problem', problemSchema);
  const paths: OpenApi['paths'] = {};
  for (const route of service.routes)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, service.problems, components) };
  return {
    openapi: '3.1.0', info,
    tags: [...new Set(service.routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: { schemas: components.schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
}

function operation(route: Route, problems: ProblemKinds, components: Components): Operation {
  const { operationId, summary, tag, audience, roles, body } = route;
  return {
    operationId, summary, tags: [tag], 'x-audience': audience,
    security: [...(roles.length === 0 || roles.includes('anonymous') ? [{}] : []), ...(roles.length ? [{ bearer: [] }] : [])],
    parameters: parameters(route, components),
    ...(body ? {
      requestBody: { required: !body.safeParse(undefined).success, content: { 'application/json': { schema: components.schema(body) } } },
    } : {}),
    responses: merged(successes(route.responses, components), problemResponses(route, problems)),
  };
}

function parameters(route: Route, components: Components): Parameter[] {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '');
  const known = route.params ? propertiesOf(route.params, components).properties : {};
  return [
    ...names.map((name): Parameter => ({ name, in: 'path', required: true, ...described(known[name] ?? { type: 'string' }) })),
    ...(route.query ? queryParameters(route.query, components) : []),
    ...(route.idempotent ? [idempotencyKey] : []),
  ];
}

function queryParameters(query: z.ZodType, components: Components): Parameter[] {
  const { properties, required } = propertiesOf(query, components);
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), ...described(schema) }));
}

function propertiesOf(schema: z.ZodType, components: Components): { properties: Record<string, JsonSchema>; required: string[] } {
  const { properties = {}, required = [] } = components.schema(schema);
  return { properties: properties as Record<string, JsonSchema>, required: required as string[] };
}

function described(schema: JsonSchema): { description?: string; schema: JsonSchema } {
  const { description, ...rest } = schema;
  return typeof description === 'string' ? { description, schema: rest } : { schema: rest };
}

function successes(specs: Record<number, ResponseSpec>, components: Components): Record<string, ResponseObject> {
  return Object.fromEntries(Object.entries(specs).map(([status, spec]) => [status, success(spec, components)]));
}

function success({ description, schema, contentTypes, headers }: ResponseSpec, components: Components): ResponseObject {
  const json = schema && components.schema(schema);
  const types = contentTypes ?? (json ? ['application/json'] : []);
  return {
    description,
    ...(headers ? {
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }])),
    } : {}),
    ...(types.length ? {
      content: Object.fromEntries(types.map((type) => [type, { schema: (type.includes('json') ? json : undefined) ?? { type: 'string' } }])),
    } : {}),
  };
}

/** A route may describe an answer of a status that problems have too: one response then has both contents. */
function merged(own: Record<string, ResponseObject>, problems: Record<string, ResponseObject>): Record<string, ResponseObject> {
  const all = { ...own };
  for (const [status, problem] of Object.entries(problems)) {
    const known = all[status];
    all[status] = known
      ? { description: `${known.description}\n\n${problem.description}`, headers: { ...known.headers, ...problem.headers }, content: { ...known.content, ...problem.content } }
      : problem;
  }
  return all;
}
