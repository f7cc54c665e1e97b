import type { z } from 'zod';

/** One kind of event or command: its wire type, its schema now, and how older versions become it. */
export interface Kind<Schema extends z.ZodType = z.ZodType> {
  /** Wire type without its version. */
  type: string;
  /** Current version, counted from 1. */
  version: number;
  /** Schema of each version; the last is the current one. */
  versions: z.ZodType[];
  /** `upcasters[n]` turns data of version n + 1 into version n + 2. */
  upcasters: ((data: never) => unknown)[];
  schema: Schema;
  summary: string;
}

interface Definition<Schema extends z.ZodType> {
  type: string;
  schema: Schema;
  summary: string;
  versions?: z.ZodType[];
  upcasters?: ((data: never) => unknown)[];
}

/** Defines an event or a command; without `versions` it is at version 1. */
export function fact<Schema extends z.ZodType>(definition: Definition<Schema>): Kind<Schema> {
  const { versions = [definition.schema], upcasters = [] } = definition;
  if (upcasters.length !== versions.length - 1 || versions.at(-1) !== definition.schema)
    throw new Error(`${definition.type}: each version but the last needs one upcaster`);
  return { ...definition, versions, upcasters, version: versions.length };
}
