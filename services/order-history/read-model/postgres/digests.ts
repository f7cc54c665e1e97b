import { comparisonOf, EXAMPLES, type Comparison, type Sum } from '../comparison.ts';
import type { Session } from './database.ts';
import { counts } from './rows.ts';

type Compared = 'live' | 'next';

/** Written to `next` so that both connections of a rebuild see it. A server that crashes forgets it, and the rebuild with it. */
const tableOf: Record<Compared, string> = { live: 'next.digests_of_live', next: 'next.digests_of_next' };

/**
 * What is stored of each order, as one number: the row that its readers see, and each entry of its audit trail, in whatever
 * batches those came. Text of the type `json` is kept as it was written, so equal entries are equal texts.
 */
function digestsSql(schema: Compared, of = ''): string {
  return `
    select order_id, bit_xor(hash) as digest, sum(entry)::int as entries from (
      select order_id, 0 as entry, hashtextextended(row(order_id, version, status, customer_id, lines::text, amount, currency,
        placed_at, settled_at, reason, detail, saga, saga_version, updated_at)::text, 0) as hash from ${schema}.orders ${of}
      union all
      select order_id, 1, hashtextextended(entry::text, 1 + kind)
      from (select order_id, kind, json_array_elements(entries) as entry from ${schema}.audit ${of}) as trail
    ) as parts group by order_id`;
}

/** Large scans, for once: several processes of the server may share them. */
const SCAN = 'set local enable_seqscan = on; set local max_parallel_workers_per_gather = 2; set local work_mem = \'64MB\'';

/** Notes the digest of every order of a generation, as it stands at one instant. */
export async function digest({ query }: Session, schema: Compared): Promise<void> {
  const table = tableOf[schema];
  await query('begin');
  try {
    await query(SCAN);
    await query(`create unlogged table ${table} as ${digestsSql(schema)}`);
    await query(`alter table ${table} add primary key (order_id)`);
    await query('commit');
  } catch (error) {
    await query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Notes the digests of these orders anew, in both generations at the same instant. */
export async function refresh({ query }: Session, orderIds: string[]): Promise<void> {
  if (orderIds.length === 0) return;
  const anew = (schema: Compared) => {
    const table = tableOf[schema];
    return `${schema}_gone as (delete from ${table} where order_id = any ($1) and order_id not in (select order_id from ${schema}_now)),
      ${schema}_kept as (insert into ${table} select order_id, digest, entries from ${schema}_now
        on conflict (order_id) do update set digest = excluded.digest, entries = excluded.entries)`;
  };
  const of = 'where order_id = any ($1)';
  await query(`with live_now as materialized (${digestsSql('live', of)}), next_now as materialized (${digestsSql('next', of)}), ${anew('live')}, ${anew('next')} select`, [orderIds]);
}

interface DigestRow {
  differing: number;
  examples: string[] | null;
  live_digest: string | null;
  next_digest: string | null;
  live_entries: number | null;
  next_entries: number | null;
}

const COMPARE = `
  with both_of as (
    select coalesce(live.order_id, next.order_id) as order_id, live.digest as live_digest, next.digest as next_digest,
      live.entries as live_entries, next.entries as next_entries
    from ${tableOf.live} as live full join ${tableOf.next} as next on live.order_id = next.order_id
  ), different as (
    select order_id from both_of where live_digest is distinct from next_digest or live_entries is distinct from next_entries
  )
  select (select count(*) from different) as differing,
    (select array_agg(order_id order by order_id) from (select order_id from different order by order_id limit ${EXAMPLES}) as first) as examples,
    to_hex(bit_xor(live_digest)) as live_digest, to_hex(bit_xor(next_digest)) as next_digest,
    sum(live_entries) as live_entries, sum(next_entries) as next_entries
  from both_of`;

/** What the digests say, which have to be those of the two generations as they stand now. */
export async function comparison({ query }: Session): Promise<Comparison> {
  await query('set local enable_seqscan = on; set local work_mem = \'64MB\'');
  const [row] = await query<DigestRow & Record<string, unknown>>(COMPARE);
  const sum = async (schema: Compared): Promise<Sum> => ({
    counts: counts(await query(`select name, sum(count)::bigint as count from ${schema}.tally group by name`)),
    entries: row?.[`${schema}_entries`] ?? 0,
    digest: (row?.[`${schema}_digest`] ?? '').padStart(16, '0'),
  });
  return comparisonOf({ live: await sum('live'), candidate: await sum('next'), differing: row?.differing ?? 0, examples: row?.examples ?? [] });
}

export const DROP_DIGESTS = `drop table if exists ${tableOf.live}, ${tableOf.next}`;
