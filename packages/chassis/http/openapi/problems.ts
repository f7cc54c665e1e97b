import { problemType } from '../failure.ts';
import { generalProblems, type ProblemKinds } from '../problem.ts';
import type { Route } from '../route.ts';
import type { JsonSchema, ResponseObject } from './document.ts';

export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'Problem details as in RFC 9457; `code` is stable, `detail` is for people.',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' }, title: { type: 'string' }, status: { type: 'integer' }, code: { type: 'string' },
    detail: { type: 'string' }, instance: { type: 'string', description: 'Id of the request, as in x-request-id.' },
    errors: {
      type: 'array',
      items: {
        type: 'object', required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string', description: 'JSON pointer into the request, as /body/lines/0.' }, detail: { type: 'string' } },
      },
    },
  },
};

const ALWAYS = ['token-invalid', 'request-invalid', 'rate-limited', 'store-unavailable', 'service-unavailable', 'deadline-exceeded', 'internal'];

/** Codes a route may answer with: its own, and the general ones that fit it. */
export function problemCodes(route: Route): string[] {
  const codes = [...route.problems, ...ALWAYS];
  if (route.roles.length) codes.push('token-missing', 'forbidden');
  if (route.path.includes('{')) codes.push('route-unknown');
  if (route.body) codes.push('malformed-json', 'media-type-unsupported', 'body-too-large');
  if (route.method !== 'GET') codes.push('body-too-large');
  if (route.idempotent) codes.push('idempotency-key-missing', 'idempotency-key-reused');
  return [...new Set(codes)];
}

/**
 * One response for each status that the route's problems have, with an example of each code.
 * @throws Error when a route names a code that neither its service nor the general list has.
 */
export function problemResponses(route: Route, own: ProblemKinds): Record<string, ResponseObject> {
  const byStatus = new Map<number, { code: string; title: string; help: string }[]>();
  for (const code of problemCodes(route)) {
    const kind = own[code] ?? generalProblems[code];
    if (!kind) throw new Error(`${route.operationId} names the unknown problem ${code}`);
    byStatus.set(kind.status, [...(byStatus.get(kind.status) ?? []), { code, ...kind }]);
  }
  const statuses = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(statuses.map(([status, kinds]) => [String(status), {
    description: kinds.map(({ code, title, help }) => `\`${code}\`: ${title}. ${help}`).join('\n\n'),
    ...(status === 429 || status === 503 ? { headers: { 'retry-after': { description: 'Seconds to wait.', schema: { type: 'string' } } } } : {}),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(kinds.map(({ code, title }) =>
          [code, { value: { type: problemType(code), title, status, code } }])),
      },
    },
  }]));
}
