import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import {
  BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, PemConverter,
  SubjectAlternativeNameExtension, X509Certificate, X509CertificateGenerator,
} from '@peculiar/x509';
import { writeWhole } from '@tradewind/embedded/write-whole.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
const SERVER_DAYS = 825;
/** One that ends sooner is made anew. */
const RENEW_DAYS = 30;

/** A key pair and its certificate, as PEM. */
export interface Identity { certificate: string; key: string }

interface Place { folder: string; now: number }

/** The authority whose certificate is `ca.pem` in the folder; made when it is missing or about to end. */
export async function openAuthority(place: Place): Promise<Identity> {
  return await kept(place, 'ca', () => true) ?? write(place, 'ca', await makeAuthority(place.now));
}

/** A server's certificate in the folder, for the names it is reached by; made anew when anything about it is not so. */
export async function openServer(place: Place, name: string, { authority, hosts }: { authority: Identity; hosts: string[] }): Promise<Identity> {
  const issuer = new X509Certificate(authority.certificate);
  const fits = async (certificate: X509Certificate) => await certificate.verify({ publicKey: issuer.publicKey, date: new Date(place.now) })
    && hosts.every((host) => namesOf(certificate).includes(host));
  return await kept(place, name, fits) ?? write(place, name, await makeServer(place.now, hosts, authority));
}

async function makeAuthority(now: number): Promise<Identity> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(), name: `CN=Tradewind local authority`, keys, signingAlgorithm: ALGORITHM, ...lasting(now, AUTHORITY_DAYS),
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)],
  });
  return asPem(certificate, keys.privateKey);
}

async function makeServer(now: number, hosts: string[], authority: Identity): Promise<Identity> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial(), subject: `CN=${hosts[0]}`, issuer: new X509Certificate(authority.certificate).subject,
    publicKey: keys.publicKey, signingKey: await readKey(authority.key), signingAlgorithm: ALGORITHM, ...lasting(now, SERVER_DAYS),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true), new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      // Servers that speak to themselves are their own clients.
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value }))),
    ],
  });
  return asPem(certificate, keys.privateKey);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign']);
}

async function asPem(certificate: X509Certificate, key: webcrypto.CryptoKey): Promise<Identity> {
  return { certificate: `${certificate.toString('pem')}\n`, key: `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n` };
}

function lasting(now: number, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** Positive, and of its own for each certificate. */
function serial(): string {
  return `01${Buffer.from(crypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
}

function isAddress(host: string): boolean {
  return /^[\d.]+$|:/.test(host);
}

function namesOf(certificate: X509Certificate): string[] {
  return certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value) ?? [];
}

/** What stands in the folder, if it is whole, lasts long enough and fits. */
async function kept({ folder, now }: Place, name: string, fits: (certificate: X509Certificate) => boolean | Promise<boolean>): Promise<Identity | undefined> {
  const [certificateFile, keyFile] = filesOf(folder, name);
  if (!existsSync(certificateFile) || !existsSync(keyFile)) return undefined;
  const identity = { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  const certificate = new X509Certificate(identity.certificate);
  const lasts = certificate.notAfter.getTime() > now + RENEW_DAYS * DAY_MS;
  return lasts && await fits(certificate) ? identity : undefined;
}

/** Containers read as users of their own: the folder around it, not the mode of the file, keeps others out. */
function write({ folder }: Place, name: string, identity: Identity): Identity {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [certificateFile, keyFile] = filesOf(folder, name);
  rmSync(certificateFile, { force: true }); // no certificate stands beside another's key, wherever this is cut short
  writeWhole(keyFile, identity.key, name === 'ca' ? 0o600 : 0o644);
  writeWhole(certificateFile, identity.certificate, 0o644);
  return identity;
}

function filesOf(folder: string, name: string): [certificate: string, key: string] {
  return [path.join(folder, `${name}.pem`), path.join(folder, `${name}-key.pem`)];
}
