import { z } from 'zod';

/** Largest amount one field may carry: sums of a million of them stay exact. */
export const LARGEST_AMOUNT = 9_000_000_000;

/** Minor units (cents) with an ISO 4217 code. */
export const money = z.strictObject({
  amount: z.int().min(0).max(LARGEST_AMOUNT).meta({ description: 'Minor units, such as cents.' }),
  currency: z.string().regex(/^[A-Z]{3}$/).meta({ description: 'ISO 4217 code.' }),
}).meta({ id: 'Money' });

export type Money = z.infer<typeof money>;
