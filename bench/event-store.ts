import { mkdirSync, rmSync } from 'node:fs';
import { startPostgres, type PostgresServer } from '@tradewind/embedded/postgres/server.ts';
import type { Benchmark } from './benchmarks.ts';
import { measureAppends } from './event-store/appends.ts';
import { measureFolding } from './event-store/folding.ts';
import { measureRelaying } from './event-store/relaying.ts';
import type { Row } from './result.ts';

const FULL = { slices: 7, relays: 2, folds: 3 };
const SHORT = { slices: 1, relays: 1, folds: 1 };

/** Appends, relaying and rebuilding on one PostgreSQL, beside single-row INSERTs and Emmett's PostgreSQL store. */
export const eventStore: Benchmark = async (options) => {
  const runs = options.short ? SHORT : FULL;
  const folder = `/var/tmp/tradewind-bench-${process.pid}`;
  mkdirSync(folder, { mode: 0o755 });
  const server = await startPostgres({ folder: `${folder}/postgres`, say: options.say, settings: { max_connections: '150' } });
  try {
    await server.createDatabases(['ours', 'plain', 'emmett', 'relayed', 'consumed', 'log', 'model']);
    return { title: 'The event store', method, runs: runs.slices, rows: await measure(server, options, runs), limits };
  } catch (error) {
    options.say(`  failed: ${error instanceof Error ? error.stack : String(error)}`); // stopping the server below may fail louder
    throw error;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function measure({ url, pid }: PostgresServer, options: Parameters<Benchmark>[0], runs: typeof FULL): Promise<Row[]> {
  const appends = { ours: url('ours'), plain: url('plain'), emmett: url('emmett') };
  const relaying = { ours: url('relayed'), plain: url('plain'), emmett: url('consumed') };
  return [
    ...await measureAppends(appends, options, runs.slices),
    ...await measureRelaying(relaying, options, runs.relays),
    ...await measureFolding({ log: url('log'), model: url('model') }, pid, options, runs.folds),
  ];
}

const method = 'One Node process and one PostgreSQL with `fsync` and `synchronous_commit` on, on the same machine. Appends: each writer appends one '
  + 'event of about 0.9 KB to a new stream, waits for the commit, and goes on; slices of 1.5 s of each side take turns. Ours writes '
  + 'the event with its place in all events and an outbox row, on two connections; not grouped, each append is a commit of its own '
  + 'on a connection a writer. INSERT is one row with one index by a prepared statement of the same driver. Emmett 0.42 appends with '
  + 'an expected version, on a pool of a connection a writer. Relaying: 300 appends a second to each side at the same time; ours until the '
  + 'relay hands the event to the log (two runs of 20 s quiet and 60 s beside a REPEATABLE READ transaction that has written to an unrelated table), Emmett '
  + 'until its consumer is given it (pages of 10, every 10 ms). Rebuilding: 171,250 events of 12,500 orders from the durable log into '
  + 'a fresh generation of order-history, each batch of rows with its position in one transaction, every OrderPlaced upcast from version 1, '
  + 'compared with the live one, order by order, and switched to.';

const limits = 'CPU, on this machine: its disk takes a flush in some ten microseconds, so that an append costs what Node and '
  + 'PostgreSQL spend on it; on a disk that takes a millisecond, what counts is commits, and groups save those. A lone writer '
  + 'pays for two more index entries and the outbox row than the INSERT has. Emmett\'s consumer reads only what is older than every '
  + 'transaction that is still open, so it waits for the unrelated one; it reads pages in the order of transactions and goes on from a '
  + 'position, so it can pass over an event whose transaction began later and whose position is lower.';
