import type { Log } from './port.ts';

/** Records that a group has still to read, over all partitions. */
export async function behind(log: Pick<Log, 'lag'>, group: string): Promise<number> {
  return (await log.lag(group)).reduce((sum, { committed, next }) => sum + next - committed, 0);
}
