import { readFileSync } from 'node:fs';
import { configErrors, readConfig } from '@tradewind/chassis/config.ts';
import { issuerOfPem, type LocalIssuer } from '@tradewind/chassis/jose/issuer.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { identity } from '@tradewind/embedded/identity.ts';
import { z } from 'zod';

/** Whose tokens a pod issues. */
export const identityConfig = {
  IDENTITY_KEY_FILE: z.string(),
  TOKENS_ISSUER: z.string().default(identity.issuer),
  TOKENS_AUDIENCE: z.string().default(identity.audience),
};

/** The issuer whose key is in a file (Ed25519, PKCS #8 in PEM). @throws CodedError `config-invalid` · `issuer-key-unreadable` */
export async function issuerOf(env: NodeJS.ProcessEnv): Promise<LocalIssuer> {
  const { IDENTITY_KEY_FILE, TOKENS_ISSUER: issuer, TOKENS_AUDIENCE: audience } = readConfig(z.object(identityConfig), env);
  return issuerOfPem(textOf(IDENTITY_KEY_FILE), { issuer, audience, clock });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw configErrors.error('config-invalid', `IDENTITY_KEY_FILE: ${file} cannot be read`, { cause });
  }
}
