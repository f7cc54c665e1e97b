import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import type { Clock } from '../clock.ts';
import { listen } from '../http/express/listen.ts';
import { systemClock } from '../system/clock.ts';
import { issuerOfPem, openLocalIssuer, type LocalIssuer } from './issuer.ts';
import { joseTokens } from './tokens.ts';

let now = 1_700_000_000_000;
const clock: Clock = { ...systemClock, now: () => now };
const world = { issuer: 'https://issuer.test', audience: 'tradewind', clock };
let folder: string;
let issuer: LocalIssuer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'issuer-'));
  issuer = await openLocalIssuer({ ...world, folder });
});
afterAll(() => rm(folder, { recursive: true }));

const tokens = () => joseTokens({ ...world, keys: { jwks: issuer.jwks } });
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = () => ({ sub: 'c-1', role: 'customer', iss: world.issuer, aud: world.audience, exp: now / 1000 + 60 });

test('a token speaks for a customer or an operator', async () => {
  expect(await tokens().verify(await issuer.issue({ customer: 'c-1' }))).toEqual({ role: 'customer', customerId: 'c-1' });
  expect(await tokens().verify(await issuer.issue({ operator: 'ann' }))).toEqual({ role: 'operator', name: 'ann' });
});

test('a token expires, with five seconds of tolerance, also when it was verified before', async () => {
  const [token, verifier] = [await issuer.issue({ customer: 'c-1' }, 10_000), tokens()];
  await verifier.verify(token);
  now += 14_000;
  await verifier.verify(token);
  now += 1_001;
  await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'token-invalid', details: { reason: 'expired' } });
  await expect(tokens().verify(token)).rejects.toMatchObject({ details: { reason: 'expired' } });
});

async function signed(payload: object, key?: { key: CryptoKey; alg: string }): Promise<string> {
  const other = key ?? { key: (await generateKeyPair('EdDSA')).privateKey, alg: 'EdDSA' };
  return new SignJWT({ ...payload }).setProtectedHeader({ alg: other.alg }).sign(other.key);
}

test.each<[string, string, () => Promise<string> | string]>([
  ['nothing', 'malformed', () => ''],
  ['garbage', 'malformed', () => 'garbage'],
  ['three garbled parts', 'malformed', () => 'a.b.c'],
  ['a header that is not JSON', 'malformed', () => `${Buffer.from('x').toString('base64url')}.${encoded(claims())}.AA`],
  ['the algorithm none', 'algorithm', () => `${encoded({ alg: 'none' })}.${encoded(claims())}.`],
  ['a secret that is the public key', 'algorithm', () => {
    const text = `${encoded({ alg: 'HS256' })}.${encoded(claims())}`;
    return `${text}.${createHmac('sha256', JSON.stringify(issuer.jwks.keys[0])).update(text).digest('base64url')}`;
  }],
  ['another key', 'signature', () => signed(claims())],
  ['a key of another kind', 'key-unknown', async () => signed(claims(), { key: (await generateKeyPair('ES256')).privateKey, alg: 'ES256' })],
  ['a changed payload', 'signature', async () => {
    const [header, , signature] = (await issuer.issue({ customer: 'c-1' })).split('.');
    return `${header}.${encoded({ ...claims(), role: 'operator' })}.${signature}`;
  }],
])('a token of %s is not valid: %s', async (_, reason, make) => {
  await expect(tokens().verify(await make())).rejects.toMatchObject({ code: 'token-invalid', canRetry: false, details: { reason } });
});

test.each([
  ['issuer', { iss: 'https://other' }], ['audience', { aud: 'other' }], ['not-yet-valid', { nbf: 4_000_000_000 }], ['claims', { role: 'service' }],
  ['claims', { role: undefined }], ['claims', { sub: 'a/b' }], ['claims', { sub: undefined }], ['claims', { exp: undefined }], ['claims', { exp: 'tomorrow' }],
])('a well signed token with the wrong %s %j is not valid', async (reason, change) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const verifier = joseTokens({ ...world, keys: { jwks: { keys: [await exportJWK(publicKey)] } } });
  expect(await verifier.verify(await signed(claims(), { key: privateKey, alg: 'ES256' }))).toMatchObject({ customerId: 'c-1' });
  await expect(verifier.verify(await signed({ ...claims(), ...change }, { key: privateKey, alg: 'ES256' }))).rejects.toMatchObject({ details: { reason } });
});

test("keys come from the issuer's URL; when it does not answer, that is no fault of the token", async () => {
  const server = await listen(() => Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(issuer.jwks) }), { port: 0, clock: systemClock });
  const token = await issuer.issue({ customer: 'c-2' });
  const keys = { url: `${server.url}/jwks.json` };
  expect(await joseTokens({ ...world, keys }).verify(token)).toEqual({ role: 'customer', customerId: 'c-2' });
  await server.stop();
  await expect(joseTokens({ ...world, keys }).verify(token)).rejects.toMatchObject({ code: 'keys-unavailable', canRetry: true });
});

test('the key pair is made once, for its owner only, however many processes are first', async () => {
  const fresh = join(folder, 'fresh');
  const issuers = await Promise.all(Array.from({ length: 5 }, () => openLocalIssuer({ ...world, folder: fresh })));
  expect(new Set(issuers.map((each) => each.jwks.keys[0]?.kid)).size).toBe(1);
  expect(await readdir(fresh)).toEqual(['issuer-key.json']);
  expect((await stat(join(fresh, 'issuer-key.json'))).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(issuers[0]?.jwks)).not.toContain('"d"');
});

test('a key file that is broken is named', async () => {
  const broken = join(folder, 'broken');
  await mkdir(broken);
  await writeFile(join(broken, 'issuer-key.json'), '{');
  await expect(openLocalIssuer({ ...world, folder: broken })).rejects.toMatchObject({ code: 'issuer-key-unreadable', message: expect.stringContaining(broken) });
});

test("a private key in PEM, as Helm's genPrivateKey makes it, issues tokens that its public half verifies", async () => {
  const made = await issuerOfPem(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, world);
  const verifier = joseTokens({ ...world, keys: { jwks: made.jwks } });
  expect(await verifier.verify(await made.issue({ operator: 'ann' }))).toEqual({ role: 'operator', name: 'ann' });
  expect(JSON.stringify(made.jwks)).not.toContain('"d"');
});

test.each([
  ['garbage', 'garbage'],
  ['a key of another kind', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string],
])('%s is no key to sign with, and is not shown', async (_, pem) => {
  await expect(issuerOfPem(pem, world)).rejects.toMatchObject({ code: 'issuer-key-unreadable', message: 'the key is no Ed25519 private key in PEM' });
});
