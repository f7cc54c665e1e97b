/** How a code shows over HTTP. `help` says what the caller can do; docs/errors.md prints it. */
export interface ProblemKind { status: number; title: string; help: string }
export type ProblemKinds = Record<string, ProblemKind>;

/** RFC 9457 problem details, with the platform's stable `code`. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  instance?: string;
  /** Where a field is at fault: JSON pointer into the request, and what is wrong there. */
  errors?: { pointer: string; detail: string }[];
}

/** Thrown by a route's `handle` to answer with a problem. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly headers: Record<string, string>;
  readonly errors?: ProblemDetails['errors'];
  constructor(code: string, detail: string, more: { headers?: Record<string, string>; errors?: ProblemDetails['errors']; cause?: unknown } = {}) {
    super(detail, { cause: more.cause });
    this.code = code;
    this.headers = more.headers ?? {};
    this.errors = more.errors;
  }
}

/** Problems any route may answer with. */
export const generalProblems: ProblemKinds = {
  'malformed-json': { status: 400, title: 'The body is not JSON', help: 'Send valid JSON in UTF-8.' },
  'request-invalid': { status: 422, title: 'The request does not fit the schema', help: '`errors` names each field and what is wrong with it.' },
  'idempotency-key-missing': { status: 400, title: 'The Idempotency-Key header is missing or malformed', help: 'Send 1 to 128 visible ASCII characters, one key per intended effect.' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used with another request', help: 'Use a new key for a new request.' },
  'token-missing': { status: 401, title: 'No bearer token', help: 'Send `Authorization: Bearer …`.' },
  'token-invalid': { status: 401, title: 'The token is not valid', help: 'Get a new one; `detail` says what is wrong with it.' },
  'forbidden': { status: 403, title: 'The token does not allow this', help: 'Use a token of the right role, or of the customer concerned.' },
  'route-unknown': { status: 404, title: 'No such resource', help: 'See /openapi.json.' },
  'method-not-allowed': { status: 405, title: 'This resource has no such method', help: '`Allow` lists those it has.' },
  'body-too-large': { status: 413, title: 'The body is too large', help: 'Send at most 100 KB.' },
  'headers-too-large': { status: 431, title: "The request's headers are too large", help: 'Send at most 16 KB of them.' },
  'request-too-slow': { status: 408, title: 'The request did not arrive in time', help: 'Send headers within 10 s, all of it within 30 s.' },
  'malformed-http': { status: 400, title: 'The request is not HTTP/1.1', help: 'Check what stands between you and us: no HTTP client sends this.' },
  'media-type-unsupported': { status: 415, title: 'The body is not application/json', help: 'Send `Content-Type: application/json`.' },
  'not-acceptable': { status: 406, title: 'No offered media type is acceptable', help: 'Accept application/json.' },
  'rate-limited': { status: 429, title: 'Too many requests', help: 'Wait as long as Retry-After says.' },
  'store-unavailable': { status: 503, title: 'The database does not answer', help: 'Send the same request, under the same key, after Retry-After.' },
  'service-unavailable': { status: 503, title: 'A service does not answer', help: 'Send the same request, under the same key, after Retry-After.' },
  'deadline-exceeded': { status: 504, title: 'No answer in time; the effect is unknown', help: 'Send the same request, under the same key.' },
  'internal': { status: 500, title: 'Something is wrong on our side', help: 'Report `instance`; the log has the rest under that id.' },
};
