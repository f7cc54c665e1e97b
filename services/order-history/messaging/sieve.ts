import { factName } from '@tradewind/events/codec.ts';
import { nameOf } from '@tradewind/log/parking/known.ts';
import type { Parking } from '@tradewind/log/parking/parking.ts';
import type { Aside } from '@tradewind/log/parking/port.ts';
import type { LogRecord } from '@tradewind/log/port.ts';
import { occurrences, type Occurrence } from '../domain/occurrence.ts';
import { strandOf } from '../domain/strand.ts';

/** The events to fold of consecutive records of a partition; the others are left out. */
export type Sieve = (records: LogRecord[]) => Promise<Occurrence[]> | Occurrence[];

export const everything: Sieve = (records) => occurrences(records.map(({ envelope }) => envelope));

/** What a record belongs to here: an order. */
export const orderOf = ({ key, envelope }: LogRecord): string => envelope.correlationid ?? key;

/** Parks what cannot be read, and what comes of the same order later. */
export function parkingSieve(parking: Parking): Sieve {
  const readable = async (record: LogRecord): Promise<void> => void await everything([record]);

  const oneByOne = async (records: LogRecord[]): Promise<Occurrence[]> => {
    const kept: LogRecord[] = [];
    for (const record of records.filter(concernsOrder)) {
      if (await parking.settled(record)) continue;
      const failure = await parking.attempt(record, readable);
      if (failure) await parking.park(record, failure);
      else kept.push(record);
    }
    return everything(kept);
  };

  return async (records) => {
    if (!parking.untouched(records)) return oneByOne(records);
    try {
      return await everything(records);
    } catch {
      return oneByOne(records);
    }
  };
}

/**
 * Leaves out what others have put aside, also what will be since its order is parked. For who reads the log anew: what
 * of that is handled meanwhile is not in what they made.
 */
export function leavingOut(aside: () => Promise<Aside[]>): Sieve {
  const held = new Set<string>();
  const strand = (record: LogRecord): string => `${record.topic}/${record.partition} ${orderOf(record)}`;
  return async (records) => {
    const states = new Map((await aside()).map((each) => [nameOf(each), each.state]));
    return everything(records.filter((record) => {
      const state = states.get(nameOf(record));
      if (state === 'parked') held.add(strand(record));
      return state === undefined && !held.has(strand(record));
    }));
  };
}

function concernsOrder({ envelope }: LogRecord): boolean {
  const name = factName(envelope);
  return name !== undefined && strandOf[name] !== 'none';
}
