import { groups } from '@tradewind/events/topology.ts';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Running } from '@tradewind/chassis/service.ts';
import { isOutage } from '@tradewind/log/parking/decide.ts';
import type { Parking } from '@tradewind/log/parking/parking.ts';
import { startRedriving } from '@tradewind/log/parking/redriving.ts';
import type { Log, LogRecord } from '@tradewind/log/port.ts';
import type { ReadModel } from '../read-model/port.ts';
import { topics } from '../rebuild/catch-up.ts';
import type { Projector } from './projector.ts';

/** Consumer group, and name of its parking lot. */
export const GROUP = groups.history;

interface Parts { log: Log; model: Pick<ReadModel, 'position'>; projector: Projector; parking: Parking; batch: number; clock: Clock; random: Random; logger: Logger }

/** Folds the log into the live read model; what cannot be folded is parked, and its order with it. */
export async function startFolding({ log, model, projector, parking, batch, ...world }: Parts): Promise<Running[]> {
  const reading = await log.subscribe(
    { group: GROUP, topics, batch, position: async (topic, partition) => (await model.position(topic, partition)) ?? 0 },
    (records) => parking.around(records, () => fold(records, projector, parking)),
  );
  return [reading, startRedriving({ parking, ...world, handle: (record) => projector.refold(record) })];
}

/**
 * As one batch; where that fails and no outage is to blame, in halves, to find out which record is. All that stands
 * before it is folded by then: a redrive cannot get ahead of it.
 */
async function fold(records: LogRecord[], projector: Projector, parking: Parking): Promise<void> {
  try {
    await projector.project(records);
  } catch (error) {
    if (isOutage(error)) throw error;
    const [record, ...more] = records;
    if (record && more.length === 0) return foldOrPark(record, projector, parking);
    const half = Math.ceil(records.length / 2);
    await fold(records.slice(0, half), projector, parking);
    await fold(records.slice(half), projector, parking);
  }
}

async function foldOrPark(record: LogRecord, projector: Projector, parking: Parking): Promise<void> {
  const failure = await parking.attempt(record, () => projector.project([record]));
  if (!failure) return;
  await parking.park(record, failure);
  await projector.project([record]); // it is left out now: only the position moves
}
