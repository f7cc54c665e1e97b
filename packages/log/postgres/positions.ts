import { logErrors, type GroupLag, type Log, type PartitionEnds, type SeekTarget } from '../port.ts';
import type { Database } from './database.ts';
import type { Topics } from './topics.ts';

const ENDS = { name: 'log-ends', text: `
  select partition, first_offset, next_offset from log.partitions where topic_id = $1 order by partition` };
const LAG = { name: 'log-lag', text: `
  select name, partition, position, next_offset
  from log.leases join log.partitions using (partition_id) join log.topics using (topic_id)
  where group_name = $1 order by name, partition` };
const GROUPS = { name: 'log-groups', text: 'select distinct group_name from log.leases order by group_name' };
const SEEK = { name: 'log-seek', text: 'select log.seek($1, $2, $3, $4)' };

/** Where partitions begin and end, and where groups stand in them. */
export function positions(database: Database, topics: Topics): Pick<Log, 'ends' | 'lag' | 'groups' | 'seek'> {
  return {
    async ends(topic) {
      const rows = await database.rows(ENDS, [(await topics.named(topic)).id]);
      return rows.map(([partition, first, next]): PartitionEnds => ({ partition: Number(partition), first: Number(first), next: Number(next) }));
    },
    async lag(group) {
      const rows = await database.rows(LAG, [group]);
      return rows.map(([topic, partition, committed, next]): GroupLag =>
        ({ topic: String(topic), partition: Number(partition), committed: Number(committed), next: Number(next) }));
    },
    groups: async () => (await database.rows(GROUPS)).map(([group]) => String(group)),
    async seek(group, topic, to) {
      const one = typeof to === 'object' && 'partition' in to;
      const ids = one ? [await topics.partitionId({ topic, partition: to.partition })] : (await topics.named(topic)).partitionIds;
      const [row] = await database.rows(SEEK, [group, ids, ...target(to)]);
      if (row?.[0] !== true) throw logErrors.error('group-active', `${group} has members`);
    },
  };
}

/** As the function takes it. */
function target(to: SeekTarget): [kind: string, wanted: number | null] {
  if (typeof to === 'string') return [to, null];
  return 'time' in to ? ['time', Math.floor(to.time)] : ['offset', to.offset];
}
