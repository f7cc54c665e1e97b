import { factName } from '@tradewind/events/codec.ts';
import { nameOf } from '@tradewind/log/parking/known.ts';
import type { Parking } from '@tradewind/log/parking/parking.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import type { LogRecord } from '@tradewind/log/port.ts';
import { occurrences, type Occurrence } from '../domain/occurrence.ts';
import { strandOf } from '../domain/strand.ts';

/** The events to fold of consecutive records of a partition; the others are left out. */
export type Sieve = (records: LogRecord[]) => Promise<Occurrence[]> | Occurrence[];

export const everything: Sieve = (records) => occurrences(records.map(({ envelope }) => envelope));

/** What a record belongs to here: an order. */
export const orderOf = ({ key, envelope }: LogRecord): string => envelope.correlationid ?? key;

/** Leaves out what waits behind a parked record of its order, and what was dropped. */
export function parkingSieve(parking: Parking): Sieve {
  return async (records) => {
    if (parking.untouched(records)) return everything(records);
    const kept: LogRecord[] = [];
    for (const record of records.filter(concernsOrder)) if (!await parking.settled(record)) kept.push(record);
    return everything(kept);
  };
}

/**
 * Leaves out what is put aside, and puts aside what comes behind it: who folds on from there will not see it. For who
 * reads the log anew; what is redriven meanwhile is not in what they make.
 */
export function leavingOut(lot: Pick<ParkingLot, 'aside' | 'park'>, group: string): Sieve {
  const held = new Set<string>();
  const strand = (record: LogRecord): string => `${record.topic}/${record.partition} ${orderOf(record)}`;
  return async (records) => {
    const states = new Map((await lot.aside(group)).map((each) => [nameOf(each), each.state]));
    const kept: LogRecord[] = [];
    for (const record of states.size > 0 ? records.filter(concernsOrder) : records) {
      const state = states.get(nameOf(record));
      if (state === 'parked') held.add(strand(record));
      else if (state === undefined && held.has(strand(record))) await lot.park(group, { record, key: orderOf(record), at: record.at });
      else if (state === undefined) kept.push(record);
    }
    return everything(kept);
  };
}

function concernsOrder({ envelope }: LogRecord): boolean {
  const name = factName(envelope);
  return name !== undefined && strandOf[name] !== 'none';
}
