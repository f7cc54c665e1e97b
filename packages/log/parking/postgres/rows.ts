import type { ParkedRecord } from '../port.ts';

/** A record as statements give it. */
export interface Row extends Omit<ParkedRecord, 'dropped'> { droppedAt: number | null; droppedBy: string | null; droppedBecause: string | null }

export function recordOf({ droppedAt, droppedBy, droppedBecause, ...record }: Row): ParkedRecord {
  if (droppedAt === null) return record;
  return { ...record, dropped: { at: droppedAt, by: droppedBy ?? '', reason: droppedBecause ?? '' } };
}
