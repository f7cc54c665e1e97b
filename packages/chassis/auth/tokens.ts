import { errorCatalogue } from '@tradewind/events/errors.ts';
import type { Caller } from '../http/route.ts';

/** Who a bearer token speaks for. */
export interface Tokens {
  /**
   * @throws CodedError `token-invalid` (its message says why, `details.reason` in one word) ·
   *   `keys-unavailable` (canRetry) when the issuer's keys cannot be fetched
   */
  verify(token: string): Promise<Caller>;
}

/** What the issuer says about the bearer, besides `iss`, `aud` and `exp`. */
export interface TokenClaims { sub: string; role: 'customer' | 'operator' }

export type TokenFault = 'malformed' | 'algorithm' | 'signature' | 'key-unknown' | 'expired' | 'not-yet-valid' | 'issuer' | 'audience' | 'claims';

export const tokenErrors = errorCatalogue('auth', {
  'token-invalid': { title: 'The token is not valid', canRetry: false },
  'keys-unavailable': { title: "The token issuer's keys cannot be fetched", canRetry: true },
  'issuer-key-unreadable': { title: "The local issuer's key file cannot be read", canRetry: false },
});
