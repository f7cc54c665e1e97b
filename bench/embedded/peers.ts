import path from 'node:path';

const program = (file: string) => path.join(import.meta.dirname, '..', file);

/** Programs that speak to the load as the platform does, by the names of their rows. */
export const PEERS = {
  DBOS: program('dbos/main.ts'),
  Restate: program('restate/main.ts'),
  'Restate, objects': program('restate/objects/main.ts'),
} as const;
