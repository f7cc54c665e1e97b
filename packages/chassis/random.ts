/** Chance as a port: the system's in real topologies, seeded in the simulation. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A UUID; ids made later sort later where the adapter can. */
  id(): string;
}
