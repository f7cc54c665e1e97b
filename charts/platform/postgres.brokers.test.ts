import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { describeWith, rendered } from '../test/helm.ts';
import { podOf, the, type Manifest } from '../test/manifest.ts';

const ANSWERS_WITHIN_MS = 60_000;
const PGDATA = '/var/lib/postgresql/data/pgdata';

interface Source { configMap?: { name: string }; secret?: { name: string; items: { key: string; path: string }[] } }

/** What Kubernetes would put into /etc/tradewind. */
function filesOf(manifests: Manifest[]): Record<string, string> {
  const { volumes = [] } = podOf(the(manifests, 'StatefulSet', 'postgres'))!.spec;
  const { projected } = volumes.find(({ name }) => name === 'tradewind') as { projected: { sources: Source[] } };
  return Object.assign({}, ...projected.sources.map(({ configMap, secret }) => {
    if (configMap) return the(manifests, 'ConfigMap', configMap.name).data;
    const { stringData = {} } = the(manifests, 'Secret', secret!.name);
    return Object.fromEntries(secret!.items.map((item) => [item.path, stringData[item.key]]));
  })) as Record<string, string>;
}

/** The pod's container as the chart has it, but by root first, who gives the files to the server's user. */
class Server {
  readonly files: Record<string, string>;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'tradewind-postgres-'));
  readonly #options: string[];
  readonly #args: string[];
  #id = '';

  constructor(manifests: Manifest[]) {
    this.files = filesOf(manifests);
    const { command = [], args = [], env = [], image } = podOf(the(manifests, 'StatefulSet', 'postgres'))!.spec.containers[0]!;
    const given = 'cp -r /given/. /etc/tradewind && chown -R 999:999 /etc/tradewind && chmod -R u=rX,go= /etc/tradewind && exec setpriv --reuid 999 --regid 999 --clear-groups "$@"';
    this.#options = ['--label', 'tradewind.test', '--user', '0', '--volume', `${this.#folder}:/given:ro`, '--tmpfs', '/etc/tradewind',
      ...env.flatMap(({ name, value }) => ['--env', `${name}=${value}`]), '--entrypoint', 'bash', image, '-c', given, 'bash'];
    this.#args = [...command, ...args];
  }

  /** Before its first start: leaves the volume as a command leaves it, run as the server's user with the chart's files. */
  async left(command: string): Promise<void> {
    this.#write();
    this.#id = await docker('create', ...this.#options, 'bash', '-c', `if [ ! -f /var/lib/postgresql/data/left ]; then touch /var/lib/postgresql/data/left; ${command}; else exec "$@"; fi`, 'bash', ...this.#args);
    await docker('start', '--attach', this.#id);
  }

  /** Resolves as soon as it takes connections over the network. */
  async start(): Promise<void> {
    this.#write();
    await docker('start', this.#id);
    for (const end = Date.now() + ANSWERS_WITHIN_MS; ; await sleep(20)) {
      if (await this.#exec('bash', '-c', '</dev/tcp/127.0.0.1/5432').then(() => true, () => false)) return;
      if (Date.now() > end) throw new Error(await docker('logs', '--tail', '20', this.#id));
    }
  }

  stop = () => docker('stop', this.#id);
  kill = () => docker('kill', this.#id);

  /** As whom, and in which database; over the network, by TLS. */
  enter(role: string, database: string, statement = 'select current_user', password = this.files[role === 'postgres' ? 'admin/password' : `passwords/${role}`]!): Promise<string> {
    return this.#exec('env', `PGPASSWORD=${password}`, 'psql', '-h', '127.0.0.1', '-qAt', '-v', 'ON_ERROR_STOP=1', `sslmode=require user=${role} dbname=${database}`, '-c', statement);
  }

  async remove(): Promise<void> {
    if (this.#id) await docker('rm', '--force', '--volumes', this.#id);
    rmSync(this.#folder, { recursive: true });
  }

  #exec = (...words: string[]) => docker('exec', this.#id, ...words);

  #write(): void {
    for (const [file, text] of Object.entries(this.files)) {
      mkdirSync(path.dirname(path.join(this.#folder, file)), { recursive: true });
      writeFileSync(path.join(this.#folder, file), text);
    }
  }
}

describeWith('helm', () => {
  const server = new Server(rendered());
  const roles = Object.keys(server.files).flatMap((file) => file.startsWith('passwords/') ? [path.basename(file)] : []);
  afterAll(() => server.remove());

  const everybodyEnters = async () => {
    for (const role of roles) expect(await server.enter(role, role === 'ledger' ? 'orders' : role)).toBe(role);
    expect(await server.enter('payments', 'provider')).toBe('payments');
  };

  test('a first start that was cut off while it made its folder begins anew, and is whole before anybody gets in', async () => {
    await server.left(`mkdir -p ${PGDATA} ${PGDATA}.new && echo 17 > ${PGDATA}.new/PG_VERSION`);
    await server.start();
    await everybodyEnters();
    await expect(server.enter('orders', 'customers')).rejects.toThrow(/permission denied/);
    await expect(server.enter('ledger', 'orders', 'create schema x')).rejects.toThrow(/read-only|permission denied/);
  });

  test('what is missing is made at the next start, and what is there stays', async () => {
    await server.enter('orders', 'orders', 'create table kept ()');
    await server.enter('postgres', 'postgres', 'drop database provider');
    await server.enter('postgres', 'postgres', 'drop database customers');
    await server.enter('postgres', 'postgres', 'drop role customers');
    await server.enter('postgres', 'postgres', 'grant connect on database orders to public');
    await server.stop();
    await server.start();
    await everybodyEnters();
    expect(await server.enter('orders', 'orders', "select to_regclass('kept')")).toBe('kept');
    await expect(server.enter('customers', 'orders')).rejects.toThrow(/permission denied/);
  });

  test('a server that was killed reads its log back, however long that takes, and is whole before anybody gets in', async () => {
    await server.enter('orders', 'orders', 'create table long as select n, repeat(md5(n::text), 8) as filler from generate_series(1, 700000) n');
    await server.kill();
    await server.start();
    await everybodyEnters();
    expect(await server.enter('orders', 'orders', 'select count(*) from long')).toBe('700000');
  });

  test('a volume that is to be recovered as a backup is, is whole before anybody gets in', async () => {
    await server.enter('postgres', 'postgres', "alter system set restore_command = 'sleep 1; false'");
    await server.enter('postgres', 'postgres', `copy (select) to program 'touch ${PGDATA}/recovery.signal'`);
    await server.kill();
    await server.start();
    await everybodyEnters();
    expect(await server.enter('orders', 'orders', 'select count(*) from long')).toBe('700000');
  });

  test('a changed password holds after the next start, and the old one no more', async () => {
    const old = server.files['passwords/orders']!;
    Object.assign(server.files, { 'passwords/orders': "other's\\", 'admin/password': 'another' });
    await server.stop();
    await server.start();
    await everybodyEnters();
    expect(await server.enter('postgres', 'postgres')).toBe('postgres');
    await expect(server.enter('orders', 'orders', 'select 1', old)).rejects.toThrow(/authentication failed/);
  });
});
