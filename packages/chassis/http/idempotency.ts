import { createHash } from 'node:crypto';
import { callerHeader } from './caller.ts';
import { Problem } from './problem.ts';
import type { RawRequest } from './raw.ts';
import type { Caller, IdempotencyKey, Route } from './route.ts';

const KEY = /^[\x21-\x7e]{1,128}$/;

/**
 * Key, scope (caller and operation) and fingerprint (method, path and body, whatever the order of its fields).
 * @throws Problem `idempotency-key-missing`
 */
export function idempotencyOf(route: Route, caller: Caller, raw: RawRequest, body: unknown): IdempotencyKey {
  const key = raw.headers['idempotency-key'];
  if (key === undefined || !KEY.test(key))
    throw new Problem('idempotency-key-missing', 'Send an Idempotency-Key of 1 to 128 visible ASCII characters.');
  const content = `${raw.method} ${raw.path}\n${canonicalJson(body)}`;
  const fingerprint = createHash('sha256').update(content).digest('base64url');
  return { scope: `${callerHeader(caller) ?? 'anonymous'} ${route.operationId}`, key, fingerprint };
}

/** JSON with the keys of each object in order: equal values give equal texts. `''` for undefined. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner) ?? '';
}
