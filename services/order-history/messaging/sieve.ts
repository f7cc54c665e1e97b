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

/** Leaves out what is put aside. For who reads again what the live consumer is past: what had to wait is in the lot by then. */
export function leavingOut(lot: Pick<ParkingLot, 'aside'>, group: string): Sieve {
  return async (records) => {
    const aside = new Set((await lot.aside(group)).map(nameOf));
    return everything(records.filter((record) => !aside.has(nameOf(record))));
  };
}

function concernsOrder({ envelope }: LogRecord): boolean {
  const name = factName(envelope);
  return name !== undefined && strandOf[name] !== 'none';
}
