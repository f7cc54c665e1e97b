import { createHash, createHmac, pbkdf2Sync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer, connect } from 'node:tls';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { exchanges, queueOf, topics } from '@tradewind/events/topology.ts';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { openPasswords, postgresVerifier, rabbitHash, userNames } from './accounts.ts';
import { generate } from './generate.ts';
import { acls, kafkaEnvironment } from './kafka.ts';
import { postgresScript } from './postgres.ts';
import { permissionsOf } from './rabbitmq.ts';

const NOW = Date.now();
const YEAR_MS = 365 * 86_400_000;
let folder: string;
beforeEach(() => { folder = path.join(mkdtempSync(path.join(tmpdir(), 'tradewind-')), 'compose'); });
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

const text = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const all = () => Object.fromEntries(readdirSync(folder).map((name) => [name, text(name)]));

test('what is there and still good is kept, byte by byte; the folder is its owner\'s only', async () => {
  await generate(folder, NOW);
  const first = all();
  await generate(folder, NOW + 60_000);
  expect(all()).toEqual(first);
  expect([folder, path.join(folder, 'passwords.json'), path.join(folder, 'ca-key.pem')].map((file) => statSync(file).mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
});

test('certificates that end soon are made anew, by the same authority; those of another authority are too', async () => {
  await generate(folder, NOW);
  const first = all();
  await generate(folder, NOW + 2.2 * YEAR_MS);
  expect(text('ca.pem')).toBe(first['ca.pem']);
  for (const name of ['kafka.pem', 'rabbitmq.pem', 'postgres.pem']) expect(text(name)).not.toBe(first[name]);
  rmSync(path.join(folder, 'ca-key.pem'));
  const second = all();
  await generate(folder, NOW + 2.2 * YEAR_MS);
  for (const name of ['ca.pem', 'kafka.pem']) expect(text(name)).not.toBe(second[name]);
});

test.each([['kafka'], ['rabbitmq'], ['postgres']])('the certificate of %s is trusted by its names, under the authority and no other', async (name) => {
  await generate(folder, NOW);
  const authority = new X509Certificate(text('ca.pem'));
  const certificate = new X509Certificate(text(`${name}.pem`));
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect([name, 'localhost', 'elsewhere'].map((host) => certificate.checkHost(host) !== undefined)).toEqual([true, true, false]);
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect([authority.ca, certificate.ca]).toEqual([true, false]);
  const server = createServer({ cert: text(`${name}.pem`), key: text(`${name}-key.pem`) }, (socket) => socket.end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  const trusting = connect({ host: '127.0.0.1', port, ca: text('ca.pem') });
  await once(trusting, 'secureConnect');
  expect(trusting.authorized).toBe(true);
  trusting.destroy();
  const [error] = await once(connect({ host: '127.0.0.1', port }), 'error') as [{ code: string }];
  expect(error.code).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  await new Promise((resolve) => { server.close(resolve); });
});

test('each user has a password of its own on each server; a new user gets one beside those that are kept', async () => {
  await generate(folder, NOW);
  const kept = JSON.parse(text('passwords.json')) as Record<string, string>;
  expect(new Set(Object.values(kept)).size).toBe(3 * userNames.length);
  const { 'kafka/orders': lost, ...others } = kept;
  writeFileSync(path.join(folder, 'passwords.json'), JSON.stringify(others));
  const passwords = openPasswords(folder);
  expect(passwords('kafka', 'orders')).toMatch(/^[0-9a-f]{48}$/);
  expect(passwords('kafka', 'orders')).not.toBe(lost);
  expect(passwords('postgres', 'orders')).toBe(kept['postgres/orders']);
});

test('servers are given no password that they can do without', async () => {
  const { passwords } = await generate(folder, NOW);
  const files = text('definitions.json') + text('databases.sql');
  for (const user of userNames) for (const server of ['rabbitmq', 'postgres'] as const) expect(files).not.toContain(passwords(server, user));
});

test('what RabbitMQ and PostgreSQL keep proves the password', () => {
  const hash = Buffer.from(rabbitHash('secret'), 'base64');
  expect(hash.subarray(4)).toEqual(createHash('sha256').update(hash.subarray(0, 4)).update('secret').digest());
  const [, iterations = '', salt = '', stored = ''] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(postgresVerifier('secret')) ?? [];
  const key = createHmac('sha256', pbkdf2Sync('secret', Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256')).update('Client Key').digest();
  expect(createHash('sha256').update(key).digest('base64')).toBe(stored);
});

const passwords = (server: string, user: string) => `${server}-${user}-secret`;

test('each topic is written by its owner only', () => {
  const writers = Object.values(topics).map((topic) => acls.filter((each) => each.name === topic && each.operations.includes('write')).map(({ user }) => user));
  expect(writers).toEqual(Object.keys(topics).map((name) => [name]));
  expect(acls.filter(({ operations }) => operations.includes('write')).every(({ prefix }) => prefix === undefined)).toBe(true);
  expect(kafkaEnvironment(passwords)).toMatch(/^KAFKA_LISTENER_NAME_CLIENTS_PLAIN_SASL_JAAS_CONFIG=\S+ required .*user_order-history="kafka-order-history-secret".*;$/m);
});

test('commands are sent by orders only, and each queue is read and filled by its own service only', () => {
  const may = (kind: 'configure' | 'write' | 'read', name: string) => serviceNames.filter((service) => new RegExp(permissionsOf(service)[kind]).test(name));
  expect(may('write', exchanges.commands)).toEqual(['orders']);
  expect(may('write', exchanges.broadcast)).toEqual(['inventory']);
  expect(may('write', exchanges.notifications)).toEqual(['orders']);
  for (const queue of Object.values(queueOf)) {
    const [owner] = queue.split('.');
    for (const name of [queue, `${queue}.dead`, `${queue}.retry.256`]) expect([may('read', name), may('configure', name)]).toEqual([[owner], [owner]]);
    expect(may('write', `${queue}.moves`)).toEqual([owner]);
  }
  expect(may('read', 'customersx.reserve')).toEqual([]);
});

test('each database is entered by its owner and the ledger, who only reads', () => {
  const script = postgresScript(passwords);
  expect(script).toContain('create database provider owner payments;\nrevoke connect, temporary on database provider from public;\ngrant connect on database provider to ledger;');
  expect(script).toContain('create database order_history owner order_history;');
  expect(script).toContain('alter role ledger set default_transaction_read_only = on;');
});
