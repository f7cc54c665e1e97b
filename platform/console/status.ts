/** What the console shows of a running platform; the page asks for it every second. */
export interface Status {
  /** Epoch milliseconds. */
  at: number;
  /** Orders by `placed`, `confirmed`, `cancelled`. */
  orders: Record<string, number>;
  /** Sagas by `reserving-credit`, …, `ended`. */
  sagas: Record<string, number>;
  queues: { queue: string; ready: number; unsettled: number; retrying: number; dead: number }[];
  /** How many records each consumer group is behind, over all partitions, and how many it has parked; absent where it parks none ever. */
  groups: { group: string; lag: number; parked?: number }[];
  /** Outbox rows that wait, by database. */
  outboxes: { name: string; log: number; tasks: number }[];
  brokers: { log: string; tasks: string };
}

/** One line of the ledger's verdict. */
export interface LedgerLine { name: string; holds: boolean; inFlight: number; breaches: string[] }
export interface LedgerReport { holds: boolean; inFlight: number; lines: LedgerLine[] }
