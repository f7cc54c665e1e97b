import type { Envelope } from '@tradewind/events/envelope.ts';

/** Each broker has a lane of its own, so that the outage of one does not stop the other. */
export type Lane = 'log' | 'tasks';

/** Channel of `Wakeup` on which a lane's relay hears of rows of its own. @param name the relay's. */
export function outboxChannel(name: string, lane: Lane): string {
  return `outbox:${name}:${lane}`;
}

export type OutboxRow =
  | { id: number; lane: 'log'; topic: string; key: string; envelope: Envelope }
  | { id: number; lane: 'tasks'; exchange: string; routingKey: string; envelope: Envelope };

/** What the relay needs of a database: the rows, and a lease that says which relay may delete them. */
export interface Outbox {
  /**
   * Takes or renews the lease of a lane for `ttlMs`. The epoch rises with each new holder.
   * @returns epoch while `holder` leads, undefined while another does.
   */
  lead(lane: Lane, holder: string, ttlMs: number): Promise<number | undefined>;
  /** Gives the lease up, if `holder` has it. */
  yield(lane: Lane, holder: string): Promise<void>;
  /** Rows with id > `floor`, in id order; not those of a `remove` called right before, whose answer need not be awaited. */
  scan(lane: Lane, floor: number, limit: number): Promise<OutboxRow[]>;
  /**
   * An id, growing from call to call, up to which no row can appear any more: whatever drew a lower one has
   * been committed or never will be. A scan that begins there passes nothing over.
   */
  horizon(lane: Lane): Promise<number>;
  /** Deletes published rows if `epoch` still leads. @returns whether it did. */
  remove(lane: Lane, epoch: number, ids: number[]): Promise<boolean>;
  /** Rows waiting and the age of the oldest in ms, for metrics and the console. */
  backlog(lane: Lane): Promise<{ rows: number; oldestMs: number }>;
}
