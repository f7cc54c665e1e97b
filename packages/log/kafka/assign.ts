import { nameOf, type PartitionOf } from '../group/store.ts';
import { murmur2 } from '../partition.ts';
import type { Interest } from './consumer-protocol.ts';

export interface Reader extends Interest { member: string }

/**
 * Shares out each topic among the members that read it, evenly to one partition of it. Whoever has some keeps as many as
 * are its due, so that few move. What should go to one member but is still in the hands of another goes to nobody yet:
 * its owner, seeing that it is no longer its own, finishes, gives it up and has the group share out again.
 * @param partitions of each topic, how many.
 */
export function assign(readers: Reader[], partitions: Map<string, number>): Map<string, PartitionOf[]> {
  const assigned = new Map<string, PartitionOf[]>(readers.map(({ member }) => [member, []]));
  const inHand = new Map<string, string>();
  for (const { member, owned } of readers) for (const each of owned) inHand.set(nameOf(each), member);
  for (const [topic, count] of partitions)
    for (const [partition, member] of due(topic, count, { readers, inHand }).entries()) {
      const owner = inHand.get(nameOf({ topic, partition }));
      if (member !== undefined && (owner === undefined || owner === member)) assigned.get(member)?.push({ topic, partition });
    }
  return assigned;
}

/** Whose each partition of a topic should be. */
function due(topic: string, count: number, { readers, inHand }: { readers: Reader[]; inHand: Map<string, string> }): (string | undefined)[] {
  const among = inTurn(topic, readers.filter(({ topics }) => topics.includes(topic)).map(({ member }) => member));
  if (among.length === 0) return new Array<string | undefined>(count).fill(undefined);
  const [least, extra] = [Math.floor(count / among.length), count % among.length];
  const kept = (member: string): number[] => Array.from({ length: count }, (_, partition) => partition)
    .filter((partition) => inHand.get(nameOf({ topic, partition })) === member);
  // The odd ones stay with those who have more than their due already; then they go in turn.
  const odd = new Set([...among].sort((a, b) => Number(kept(b).length > least) - Number(kept(a).length > least)).slice(0, extra));
  const share: (string | undefined)[] = new Array<string | undefined>(count).fill(undefined);
  const room = new Map(among.map((member) => [member, least + (odd.has(member) ? 1 : 0)]));
  const give = (partition: number, member: string) => {
    share[partition] = member;
    room.set(member, (room.get(member) ?? 0) - 1);
  };
  for (const member of among) for (const partition of kept(member).slice(0, room.get(member))) give(partition, member);
  for (const [partition, member] of share.entries()) {
    const next = member ?? among.find((each) => (room.get(each) ?? 0) > 0);
    if (member === undefined && next !== undefined) give(partition, next);
  }
  return share;
}

/** Topics begin with different members: otherwise the first would have the only partition of them all. */
function inTurn(topic: string, members: string[]): string[] {
  const sorted = [...members].sort();
  const first = sorted.length > 0 ? (murmur2(Buffer.from(topic)) & 0xffff) % sorted.length : 0;
  return [...sorted.slice(first), ...sorted.slice(0, first)];
}
