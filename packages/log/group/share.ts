import { murmur2 } from '../partition.ts';
import { nameOf, type GroupView } from './store.ts';

/**
 * What a member should hold: each topic's partitions are dealt in turn to the members that read it, in
 * order of their ids. Every member comes to the same result from the same view, without being told.
 * @returns names of partitions.
 */
export function share({ members, claims }: GroupView, member: string): Set<string> {
  const readers = new Map<string, string[]>();
  for (const each of [...members].sort((a, b) => (a.member < b.member ? -1 : 1)))
    for (const topic of each.topics) readers.set(topic, [...(readers.get(topic) ?? []), each.member]);
  const mine = claims.filter(({ topic, partition }) => {
    const among = readers.get(topic) ?? [];
    // Topics begin with different members: otherwise the first would have the only partition of them all.
    return among[(partition + first(topic)) % among.length] === member;
  });
  return new Set(mine.map(nameOf));
}

function first(topic: string): number {
  return murmur2(Buffer.from(topic)) & 0xffff;
}
