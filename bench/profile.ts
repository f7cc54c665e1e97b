import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { slice } from './embedded/slice.ts';
import type { Subject } from './embedded/subject.ts';
import { costs, type Cost } from './profile/costs.ts';
import type { Profiled } from './profile/preload.ts';

/** Where the embedded platform's time goes, per order: prints it. `SECONDS=n` of load, default 10. */
const folder = `/var/tmp/tradewind-profile-${process.pid}`;
const data = path.join(folder, 'ours');
const say = (line: string) => void process.stdout.write(`${line}\n`);
let before: Map<string, number>;

async function begun(subject: Subject): Promise<void> {
  subject.process.send('profile');
  before = await commits();
}

async function ended(subject: Subject, settled: number): Promise<void> {
  const after = await commits();
  const heard = once(subject.process, 'message');
  subject.process.send('profiled');
  const [{ statements, profile }] = await heard as [Profiled];
  const per = (value: number) => (value / settled).toFixed(3).padStart(9);
  say(`${settled} orders settled while profiled\n\ncommits and rollbacks, WAL\n    order`);
  for (const [name, value] of after) {
    const more = value - (before.get(name) ?? 0);
    if (more / settled >= 0.05) say(`${per(more)}  ${name}`);
  }
  say('\nround trips\n    order     ms each');
  const rows = Object.entries(statements).filter(([, { times }]) => times > 0).sort((a, b) => b[1].times - a[1].times);
  for (const [name, { times, ms }] of rows) say(`${per(times)} ${(ms / times).toFixed(2).padStart(9)}  ${name}`);
  say(`${per(rows.reduce((sum, [, { times }]) => sum + times, 0))} in all`);
  const { self, inclusive, modules } = costs(profile);
  const table = (title: string, found: Cost[], most: number) => {
    say(`\n${title}, ms an order`);
    for (const { name, ms } of found.slice(0, most)) say(`${per(ms)}  ${name}`);
  };
  table('CPU of Node by module', modules, 30);
  table('CPU of Node by function, itself', self, 40);
  table('CPU of Node by function, with what it calls', inclusive, 90);
}

/** Transactions of each database, and what was written ahead. */
async function commits(): Promise<Map<string, number>> {
  const { databases } = JSON.parse(readFileSync(path.join(data, 'platform.json'), 'utf8')) as { databases: Record<string, string> };
  const client = new pg.Client({ connectionString: databases.brokers });
  await client.connect();
  try {
    await client.query('select pg_sleep(1.1)'); // backends report their counts once a second
    const { rows } = await client.query<{ name: string; value: string }>(`
      select 'commits ' || datname as name, xact_commit as value from pg_stat_database where datname is not null
      union all select 'rollbacks ' || datname, xact_rollback from pg_stat_database where datname is not null
      union all select 'wal records', wal_records from pg_stat_wal union all select 'wal KB', wal_bytes / 1024 from pg_stat_wal
      union all select 'wal syncs', wal_sync from pg_stat_wal
      union all select 'rows inserted', sum(tup_inserted) from pg_stat_database union all select 'rows updated', sum(tup_updated) from pg_stat_database
      union all select 'rows deleted', sum(tup_deleted) from pg_stat_database union all select 'rows fetched', sum(tup_fetched) from pg_stat_database
      order by 1`);
    const counted = new Map(rows.map((row) => [row.name, Number(row.value)]));
    for (const url of new Set(Object.values(databases))) for (const [name, value] of await rowsRead(url)) counted.set(name, value);
    return counted;
  } finally {
    await client.end();
  }
}

/** Rows that each table gave to its readers, the dead ones left out. */
async function rowsRead(url: string): Promise<[string, number][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; value: string }>(`
      select 'rows read ' || current_database() || ' ' || schemaname || '.' || relname as name,
        coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0) as value from pg_stat_user_tables`);
    return rows.map(({ name, value }) => [name, Number(value)]);
  } finally {
    await client.end();
  }
}

mkdirSync(folder, { mode: 0o755 });
try {
  const measured = await slice({
    program: path.join(import.meta.dirname, 'embedded/tradewind.ts'), folder: data, seed: 1, products: 1_000, customers: 500,
    window: 80, warmUpMs: 6_000, measureMs: Number(process.env.SECONDS || 10) * 1_000,
    flags: ['--import', path.join(import.meta.dirname, 'profile/preload.ts')], begun, ended,
  });
  say(`\n${JSON.stringify(measured, null, 2)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
