import { logErrors, type GroupLag, type Log, type PartitionEnds, type SeekTarget } from '../port.ts';
import { nameOf, type PartitionOf } from '../group/store.ts';
import type { Cluster } from './cluster.ts';
import type { Code } from './codes.ts';
import { good } from './failure.ts';
import { EARLIEST, LATEST, type Committed } from './link.ts';

/** The group has members by now, or is about to. */
const ACTIVE: ReadonlySet<Code> = new Set<Code>(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS']);

/** Offsets at a time, by name of the partition. Asks once. */
export async function offsetsAt(cluster: Cluster, wanted: PartitionOf[], time: number): Promise<Map<string, number>> {
  const found = await cluster.ofLeaders(wanted, (link, own) => link.offsetsAt(own.map((each) => ({ ...each, time }))));
  return new Map(found.map((each) => {
    if (each.error !== 'NONE') cluster.forget(each.topic);
    return [nameOf(each), good(each, nameOf(each)).offset];
  }));
}

/** A group's positions where it has any; of all partitions, unless some are asked for. Asks once. */
export async function committed(cluster: Cluster, group: string, wanted: PartitionOf[] = []): Promise<Committed[]> {
  const answer = await cluster.ofGroup(group, (link) => link.committed(group, wanted));
  const { positions } = goodOfGroup(cluster, group, answer);
  return positions.map((each) => goodOfGroup(cluster, group, each));
}

/**
 * Commits for a group that has no members. Asks once.
 * @returns false, and nothing changed, while it has some.
 */
export async function commitForNobody(cluster: Cluster, group: string, positions: Committed[]): Promise<boolean> {
  if (positions.length === 0) return true;
  const answers = await cluster.ofGroup(group, (link) => link.commit({ group, member: '', generation: -1 }, positions));
  if (answers.some((each) => ACTIVE.has(each.error))) return false;
  for (const each of answers) goodOfGroup(cluster, group, each);
  return true;
}

/** Looks for the group's coordinator anew when this was not it. */
export function goodOfGroup<Answered extends { error: Code }>(cluster: Cluster, group: string, answer: Answered): Answered {
  if (answer.error === 'NOT_COORDINATOR' || answer.error === 'COORDINATOR_NOT_AVAILABLE') cluster.forgetCoordinator(group);
  return good(answer, `group ${group}`);
}

export async function partitionsOf(cluster: Cluster, topic: string): Promise<PartitionOf[]> {
  return Array.from({ length: await cluster.partitions(topic) }, (_, partition) => ({ topic, partition }));
}

/** What the log knows about positions. */
export function positions(cluster: Cluster): Pick<Log, 'ends' | 'lag' | 'groups' | 'seek'> {
  return {
    async ends(topic): Promise<PartitionEnds[]> {
      const all = await partitionsOf(cluster, topic);
      const { first, next } = await ends(cluster, all);
      return all.map((each) => ({ partition: each.partition, first: first.get(nameOf(each)) ?? 0, next: next.get(nameOf(each)) ?? 0 }));
    },
    lag: (group): Promise<GroupLag[]> => cluster.retrying(async () => {
      const known = await committed(cluster, group);
      const next = await offsetsAt(cluster, known, LATEST);
      return known.map(({ topic, partition, next: position }) => ({ topic, partition, committed: position, next: next.get(nameOf({ topic, partition })) ?? position }))
        .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
    }),
    groups: () => cluster.retrying(async () => {
      const answers = await Promise.all((await cluster.nodes()).map((node) => cluster.links.call('main', node, (link) => link.groups())));
      return answers.flatMap((each) => good(each, 'groups').groups).sort();
    }),
    async seek(group, topic, to) {
      const wanted = typeof to === 'object' && 'partition' in to ? [{ topic, partition: to.partition }] : await partitionsOf(cluster, topic);
      for (const each of wanted) await cluster.mustHave(each);
      const targets = await targetsOf(cluster, wanted, to);
      if (!await cluster.retrying(() => commitForNobody(cluster, group, targets))) throw logErrors.error('group-active', `${group} has members`);
    },
  };
}

function ends(cluster: Cluster, wanted: PartitionOf[]): Promise<{ first: Map<string, number>; next: Map<string, number> }> {
  return cluster.retrying(async () => {
    const [first, next] = await Promise.all([offsetsAt(cluster, wanted, EARLIEST), offsetsAt(cluster, wanted, LATEST)]);
    return { first, next };
  });
}

async function targetsOf(cluster: Cluster, wanted: PartitionOf[], to: SeekTarget): Promise<Committed[]> {
  const { first, next } = await ends(cluster, wanted);
  const since = typeof to === 'object' && 'time' in to ? await cluster.retrying(() => offsetsAt(cluster, wanted, Math.max(0, Math.floor(to.time)))) : undefined;
  return wanted.map((each) => {
    const [low, high] = [first.get(nameOf(each)) ?? 0, next.get(nameOf(each)) ?? 0];
    return { ...each, next: targetOf(to, { low, high, since: since?.get(nameOf(each)) ?? -1 }) };
  });
}

function targetOf(to: SeekTarget, { low, high, since }: { low: number; high: number; since: number }): number {
  if (to === 'beginning') return low;
  if (to === 'end') return high;
  if ('time' in to) return since < 0 ? high : since;
  return Math.min(Math.max(to.offset, low), high);
}
