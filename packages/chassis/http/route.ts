import type { z } from 'zod';

/** Who calls. `service` is another service of the platform. */
export type Caller =
  | { role: 'anonymous' }
  | { role: 'customer'; customerId: string }
  | { role: 'operator'; name: string }
  | { role: 'service'; name: string };

export type Role = Caller['role'];

export interface Request<Params = unknown, Query = unknown, Body = unknown> {
  params: Params;
  query: Query;
  body: Body;
  /** Lower-case names. */
  headers: Record<string, string>;
  caller: Caller;
  /** Epoch milliseconds by which the caller stops waiting. */
  deadline: number;
  /** Set on routes with `idempotent: true`: key, scope and fingerprint of the request. */
  idempotency?: IdempotencyKey;
  /** Id for what this request causes, and the trace it is part of. */
  requestId: string;
  traceparent?: string;
}

/** A key's scope is caller and route; `fingerprint` tells another body from the same. */
export interface IdempotencyKey { scope: string; key: string; fingerprint: string }

export interface Response {
  status: number;
  /** JSON unless a string, which goes out as `content-type` says (default text/plain). */
  body?: unknown;
  headers?: Record<string, string>;
}

/** One operation: what it takes, what it answers, and who may call it. OpenAPI is generated from it. */
export interface Route<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As in OpenAPI: `/orders/{orderId}`. */
  path: string;
  operationId: string;
  summary: string;
  tag: string;
  /** `internal` routes are not offered by the gateway. */
  audience: 'public' | 'internal';
  /** Roles that may call; empty means anyone, without a token. Services may always call. */
  roles: Role[];
  /** Requires an `Idempotency-Key` header. */
  idempotent?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  responses: Record<number, ResponseSpec>;
  /** Codes of the problems it may answer with besides the general ones. */
  problems: string[];
  handle(request: Request<z.infer<P>, z.infer<Q>, z.infer<B>>): Promise<Response>;
}

export interface ResponseSpec { description: string; schema?: z.ZodType; contentTypes?: string[]; headers?: Record<string, string> }

/** Defines a route so that `handle` sees the types of its own schemas. */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(definition: Route<P, Q, B>): Route {
  return definition as Route;
}
