import type { LogRecord } from '../port.ts';
import { nameOf, type PartitionOf } from '../group/store.ts';
import type { Cluster } from './cluster.ts';
import { BrokerError } from './failure.ts';
import { EARLIEST, type FetchedPartition } from './link.ts';
import { offsetsAt } from './positions.ts';
import { decodeRecord } from './record.ts';

const LANE = 'read';
const PARTITION_BYTES = 4_000_000;

/** Records of one partition, outside of any group, from an offset or the first that is retained. @throws CodedError */
export async function read(cluster: Cluster, of: PartitionOf, from: number, limit: number): Promise<LogRecord[]> {
  await cluster.mustHave(of);
  const records: LogRecord[] = [];
  for (let at = from, more = true; more && records.length < limit; ) {
    const page = await cluster.retrying(() => fetch(cluster, of, at));
    records.push(...page.records);
    [at, more] = [page.next, page.more];
  }
  return records.slice(0, limit);
}

interface Page { records: LogRecord[]; next: number; more: boolean }

async function fetch(cluster: Cluster, of: PartitionOf, from: number): Promise<Page> {
  const wanted = [{ ...of, from, maxBytes: PARTITION_BYTES }];
  const [answer] = await cluster.ofLeaders(wanted, (link) => link.fetch({ maxWaitMs: 0, maxBytes: PARTITION_BYTES, wanted }), LANE);
  if (answer?.error === 'OFFSET_OUT_OF_RANGE') {
    const first = (await offsetsAt(cluster, [of], EARLIEST)).values().next().value ?? 0;
    return { records: [], next: first, more: from < first };
  }
  if (!answer || answer.error !== 'NONE') {
    cluster.forget(of.topic);
    throw new BrokerError(answer ? answer.error : 'OTHER', nameOf(of));
  }
  return pageOf(of, answer, from);
}

function pageOf(of: PartitionOf, answer: FetchedPartition, from: number): Page {
  const fresh = answer.records.filter(({ offset }) => offset >= from);
  const next = (fresh.at(-1)?.offset ?? from - 1) + 1;
  // A broker that has records but shows none gave control records only: nothing of ours.
  return { records: fresh.flatMap((each) => decodeRecord(of, each) ?? []), next, more: fresh.length > 0 && next < answer.next };
}
