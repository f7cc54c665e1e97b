import { createHash } from 'node:crypto';
import { id } from '@tradewind/events/ids.ts';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { tokenErrors, type TokenFault, type Tokens } from '../auth/tokens.ts';
import type { Clock } from '../clock.ts';
import type { Caller } from '../http/route.ts';

export interface JoseTokensOptions {
  /** Where the issuer publishes its keys, or the keys themselves. */
  keys: { url: string } | { jwks: JSONWebKeySet };
  issuer: string;
  audience: string;
  clock: Clock;
}

/** Signatures by key pairs only: a token cannot choose `none`, nor a shared secret. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'RS256'];
const TOLERANCE_MS = 5_000;
/** A verified token is believed for so long without another look, and so many of them are. */
const BELIEVED_MS = 60_000;
const BELIEVED_AT_MOST = 10_000;

const claims = z.object({ sub: id, role: z.enum(['customer', 'operator']), exp: z.number() });

const SENTENCES: Record<TokenFault, string> = {
  malformed: 'The token is not a signed JWT.',
  algorithm: 'The token is signed by an algorithm that is not accepted.',
  signature: 'The signature of the token does not match.',
  'key-unknown': "The token is signed by none of the issuer's keys.",
  expired: 'The token has expired.',
  'not-yet-valid': 'The token is not valid yet.',
  issuer: 'The token is from another issuer.',
  audience: 'The token is for another audience.',
  claims: 'The token lacks a claim, or has it in the wrong form.',
};

/** Verifies JWTs by the issuer's keys. Verified ones are remembered by hash for a minute, within their own life. */
export function joseTokens({ keys, issuer, audience, clock }: JoseTokensOptions): Tokens {
  const key: JWTVerifyGetKey = 'url' in keys ? createRemoteJWKSet(new URL(keys.url), { timeoutDuration: 3_000 }) : createLocalJWKSet(keys.jwks);
  const believed = new Map<string, { caller: Caller; until: number }>();

  const check = async (token: string): Promise<{ caller: Caller; until: number }> => {
    const now = clock.now();
    const { payload } = await jwtVerify(token, key, {
      algorithms: ALGORITHMS, issuer, audience, clockTolerance: TOLERANCE_MS / 1000, currentDate: new Date(now), requiredClaims: ['exp', 'sub'],
    });
    return { caller: callerOf(payload), until: Math.min(now + BELIEVED_MS, (payload.exp ?? 0) * 1000 + TOLERANCE_MS) };
  };

  return {
    async verify(token) {
      const hash = createHash('sha256').update(token).digest('base64');
      const known = believed.get(hash);
      if (known && clock.now() < known.until) return known.caller;
      believed.delete(hash);
      const found = await check(token).catch((error: unknown) => Promise.reject(failure(error)));
      if (believed.size >= BELIEVED_AT_MOST) forgetOldest(believed);
      believed.set(hash, found);
      return found.caller;
    },
  };
}

function callerOf(payload: JWTPayload): Caller {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) throw invalid('claims');
  const { role, sub } = parsed.data;
  return role === 'customer' ? { role, customerId: sub } : { role, name: sub };
}

function forgetOldest(believed: Map<string, unknown>): void {
  for (const hash of believed.keys()) {
    believed.delete(hash);
    return;
  }
}

/** Faults of the token itself; what is left is trouble with fetching the keys. */
const FAULTS: [abstract new (...given: never[]) => Error, TokenFault][] = [
  [errors.JWTExpired, 'expired'], [errors.JOSEAlgNotAllowed, 'algorithm'], [errors.JOSENotSupported, 'algorithm'],
  [errors.JWSSignatureVerificationFailed, 'signature'], [errors.JWKSNoMatchingKey, 'key-unknown'], [errors.JWKSMultipleMatchingKeys, 'key-unknown'],
  [errors.JWSInvalid, 'malformed'], [errors.JWTInvalid, 'malformed'],
];
const CLAIM_FAULTS: Record<string, TokenFault> = { iss: 'issuer', aud: 'audience', nbf: 'not-yet-valid' };

function failure(error: unknown): Error {
  if (tokenErrors.is(error, 'token-invalid')) return error;
  if (error instanceof errors.JWTClaimValidationFailed) return invalid(CLAIM_FAULTS[error.claim] ?? 'claims', error);
  const fault = FAULTS.find(([kind]) => error instanceof kind)?.[1];
  return fault ? invalid(fault, error) : tokenErrors.error('keys-unavailable', undefined, { cause: error });
}

function invalid(reason: TokenFault, cause?: unknown): Error {
  return tokenErrors.error('token-invalid', SENTENCES[reason], { cause, details: { reason } });
}
