import { createHash, pbkdf2Sync, createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { serviceNames, type ServiceName } from '@tradewind/embedded/service-names.ts';
import { writeWhole } from '@tradewind/embedded/write-whole.ts';
import { reaches, type DatabaseName } from '../services.ts';

export type ServerName = 'kafka' | 'rabbitmq' | 'postgres';

/** Besides the services: `operator` for the command line and the console, `ledger` for whoever only reads, `admin` to set things up. */
export type User = ServiceName | 'operator' | 'ledger' | 'admin';
export const userNames: User[] = [...serviceNames.filter((name) => name !== 'gateway'), 'operator', 'ledger', 'admin'];

/** Gives the password of a user on a server. */
export type Passwords = (server: ServerName, user: User) => string;

const SERVERS: ServerName[] = ['kafka', 'rabbitmq', 'postgres'];
const BYTES = 24;

/** Reads the passwords in a folder; those that are missing are made by chance, and kept for the owner only. */
export function openPasswords(folder: string): Passwords {
  const file = path.join(folder, 'passwords.json');
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Record<string, string> : {};
  const names = SERVERS.flatMap((server) => userNames.map((user) => `${server}/${user}`));
  const all = Object.fromEntries(names.map((name) => [name, kept[name] ?? randomBytes(BYTES).toString('hex')]));
  const text = `${JSON.stringify(all, null, 2)}\n`;
  if (JSON.stringify(kept) !== JSON.stringify(all)) writeWhole(file, text, 0o600);
  return (server, user) => all[`${server}/${user}`] ?? '';
}

/** A user's name on PostgreSQL is that of an identifier. */
export function roleOf(user: User): string {
  return user.replaceAll('-', '_');
}

/** The service that owns a database. */
export function ownerOf(database: DatabaseName): ServiceName {
  const owner = serviceNames.find((name) => Object.values(reaches[name].databases).includes(database));
  if (!owner) throw new Error(`nobody owns the database ${database}`);
  return owner;
}

/** What a server keeps instead of a password has a salt; ours is always the same, so that files change only with passwords. */
function saltOf(password: string, purpose: string, bytes: number): Buffer {
  return createHash('sha256').update(`${purpose}:${password}`).digest().subarray(0, bytes);
}

/** What RabbitMQ keeps of a password: four bytes of salt, and the SHA-256 of both, in base64. */
export function rabbitHash(password: string): string {
  const salt = saltOf(password, 'rabbitmq', 4);
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64');
}

const ITERATIONS = 4_096;

/** What PostgreSQL keeps of a password: a SCRAM-SHA-256 verifier (RFC 5803), which its statements take in the password's place. */
export function postgresVerifier(password: string): string {
  const salt = saltOf(password, 'postgres', 16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const keyed = (words: string) => createHmac('sha256', salted).update(words).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}
