import type { Tokens } from '@tradewind/chassis/auth/tokens.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import type { Caller } from '@tradewind/chassis/http/route.ts';

/**
 * Who calls, by the bearer token in `authorization`; anonymous without that header.
 * @throws Problem `token-invalid` where the header carries no bearer token, or what `verify` throws.
 */
export async function authenticate(header: string | undefined, tokens: Tokens): Promise<Caller> {
  if (header === undefined) return { role: 'anonymous' };
  const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
  if (token === undefined) throw new Problem('token-invalid', 'The header Authorization carries no bearer token.');
  return tokens.verify(token);
}
