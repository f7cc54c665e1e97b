import type { LogRecord } from '../port.ts';

export interface PartitionOf { topic: string; partition: number }

/** A member of a group, and the topics it reads. Its id is its own: no other member, before or after, has it. */
export interface Membership { group: string; member: string; topics: string[] }

/** A partition as its group sees it. */
export interface Claim extends PartitionOf {
  /** Absent when nobody holds it, or the lease ran out. */
  holder?: string;
  /** Rises with each new holder. */
  epoch: number;
}

export interface GroupView { members: { member: string; topics: string[] }[]; claims: Claim[] }

/** The right to read a partition for its group, until another epoch begins. */
export interface Lease extends PartitionOf { group: string; member: string; epoch: number }

/** A lease just taken, and the group's position: the next offset to read. */
export interface Taken { lease: Lease; position: number }

export interface Wanted extends PartitionOf { from: number; limit: number }

/** `more`: there may be more to read at once. */
export interface Fetched { records: LogRecord[]; more: boolean }

/** What a log's storage does for the members of its groups. Every call may reject with `log-unavailable`. */
export interface GroupStore {
  /** Gives the group a position in each partition where it has none. @throws CodedError `topic-unknown` */
  join(membership: Membership, from: 'beginning' | 'end'): Promise<void>;
  /** The member lives for `ttlMs` more, and so do its leases. @returns the whole group, with all its topics. */
  beat(membership: Membership, ttlMs: number): Promise<GroupView>;
  /** Leases of those that are free by now, or the member's own already. */
  take(membership: Membership, partitions: PartitionOf[], ttlMs: number): Promise<Taken[]>;
  /** Moves the position. @returns false, and nothing changed, when the partition has another holder or epoch by now. */
  commit(lease: Lease, next: number): Promise<boolean>;
  /** Frees those that still stand. */
  release(leases: Lease[]): Promise<void>;
  /** It is no member any more, and holds nothing. */
  leave(membership: Membership): Promise<void>;
  /** Records from each partition, in the order of `wanted`. */
  fetch(wanted: Wanted[]): Promise<Fetched[]>;
}

export function nameOf({ topic, partition }: PartitionOf): string {
  return `${topic}/${partition}`;
}
