import { Batched } from '@tradewind/chassis/system/batched.ts';
import { nameOf, type Lease } from '../group/store.ts';
import type { Cluster } from './cluster.ts';
import type { Code } from './codes.ts';
import { asLogError, BrokerError } from './failure.ts';
import { OUT, type Session } from './session.ts';

/** Whether a position was committed, or why that is not known. */
type Outcome = boolean | Error;

export type Commits = Batched<{ lease: Lease; next: number }, Outcome>;

/**
 * Commits a member's positions, those of several partitions in one request.
 * @param holds whether a partition is in the member's hands, and nobody else's.
 */
export function commits(cluster: Cluster, session: Session, holds: (lease: Lease) => boolean): Commits {
  async function send(positions: { lease: Lease; next: number }[]): Promise<Outcome[]> {
    const asked = session.known;
    const held = positions.filter(({ lease }) => holds(lease)).map(({ lease: { topic, partition }, next }) => ({ topic, partition, next }));
    const answers = held.length > 0 ? await cluster.ofGroup(asked.group, (link) => link.commit(asked, held)) : [];
    const errors = new Map(answers.map((each) => [nameOf(each), each.error]));
    const out = [...errors.values()].find((error) => OUT.has(error));
    if (out) session.answered(asked, out);
    return positions.map(({ lease }) => outcome(lease, errors.get(nameOf(lease))));
  }

  function outcome(lease: Lease, error: Code | undefined): Outcome {
    if (error === 'NONE') return true;
    if (!holds(lease)) return false;
    if (error === 'NOT_COORDINATOR' || error === 'COORDINATOR_NOT_AVAILABLE') cluster.forgetCoordinator(lease.group);
    return new BrokerError(error ?? 'OTHER', `position of ${nameOf(lease)}`);
  }

  return new Batched({ send, weigh: () => 1, most: 10_000 });
}

/** @throws CodedError when it is not known whether the position was committed. */
export function settled(outcome: Outcome): boolean {
  if (typeof outcome === 'boolean') return outcome;
  throw asLogError(outcome);
}
