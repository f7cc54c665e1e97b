import { createPrivateKey, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JSONWebKeySet, type JWK } from 'jose';
import { tokenErrors, type TokenClaims } from '../auth/tokens.ts';
import type { Clock } from '../clock.ts';

/** Whom tokens are from and for. */
export interface Identity { issuer: string; audience: string; clock: Clock }

export interface IssuerOptions extends Identity { /** Where the key pair is kept, for its owner only. */ folder: string }

export type Subject = { customer: string } | { operator: string };

/** Issues tokens for the demo, on this machine; in production an identity provider does. */
export interface LocalIssuer {
  /** Public keys, for whoever verifies. */
  jwks: JSONWebKeySet;
  /** @param ttlMs how long the token is valid; default one hour. */
  issue(subject: Subject, ttlMs?: number): Promise<string>;
}

const ALGORITHM = 'EdDSA';

/**
 * Opens the issuer whose key pair is in `folder`; makes one the first time, also when two processes are first.
 * @throws CodedError `issuer-key-unreadable`
 */
export async function openLocalIssuer({ folder, ...identity }: IssuerOptions): Promise<LocalIssuer> {
  const file = join(folder, 'issuer-key.json');
  return issuerOf(await readKey(file) ?? await makeKey(folder, file), identity);
}

/**
 * The issuer of a private key that somebody else keeps.
 * @param pem an Ed25519 key, as PKCS #8.
 * @throws CodedError `issuer-key-unreadable`
 */
export async function issuerOfPem(pem: string, identity: Identity): Promise<LocalIssuer> {
  return issuerOf(keyOfPem(pem), identity);
}

function keyOfPem(pem: string): JWK {
  try {
    return ed25519(createPrivateKey(pem).export({ format: 'jwk' }) as JWK);
  } catch (cause) {
    throw tokenErrors.error('issuer-key-unreadable', 'the key is no Ed25519 private key in PEM', { cause });
  }
}

async function issuerOf({ d, ...publicKey }: JWK, { issuer, audience, clock }: Identity): Promise<LocalIssuer> {
  const kid = await calculateJwkThumbprint(publicKey);
  const key = await importJWK({ ...publicKey, d }, ALGORITHM);
  return {
    jwks: { keys: [{ ...publicKey, kid, alg: ALGORITHM, use: 'sig' }] },
    issue(subject, ttlMs = 3_600_000) {
      const now = Math.floor(clock.now() / 1000);
      const claims: TokenClaims = 'customer' in subject ? { sub: subject.customer, role: 'customer' } : { sub: subject.operator, role: 'operator' };
      return new SignJWT({ ...claims }).setProtectedHeader({ alg: ALGORITHM, kid })
        .setIssuer(issuer).setAudience(audience).setIssuedAt(now).setExpirationTime(now + Math.floor(ttlMs / 1000)).sign(key);
    },
  };
}

function ed25519(key: JWK): JWK {
  if (key.kty !== 'OKP' || key.crv !== 'Ed25519' || !key.d) throw new Error('it holds no Ed25519 key pair');
  return key;
}

async function readKey(file: string): Promise<JWK | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw tokenErrors.error('issuer-key-unreadable', `${file}: ${error.message}`, { cause: error });
  });
  if (text === undefined) return undefined;
  await chmod(file, 0o600);
  try {
    return ed25519(JSON.parse(text) as JWK);
  } catch (cause) {
    throw tokenErrors.error('issuer-key-unreadable', `${file}: delete it, and a new one is made`, { cause });
  }
}

/** Writes the key beside its place and links it there: whoever is first wins, and nobody reads half a file. */
async function makeKey(folder: string, file: string): Promise<JWK> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600, flag: 'wx' });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  const key = await readKey(file);
  if (!key) throw tokenErrors.error('issuer-key-unreadable', `${file} has gone`);
  return key;
}
