import type { Entry } from './book.ts';
import type { ChargeOutcome, LookupOutcome } from './port.ts';

const DECLINED = { status: 'declined', reason: 'card-declined' } as const;

/** Answer to a charge under a key that has this entry: the first answer, also after a refund. */
export function chargeOf({ status, reference }: Entry): ChargeOutcome {
  switch (status) {
    case 'taken':
    case 'refunded':
      return { status: 'taken', reference };
    case 'declined':
      return DECLINED;
    case 'closed':
      return { status };
  }
}

export function lookupOf(entry: Entry | undefined): LookupOutcome {
  switch (entry?.status) {
    case undefined:
      return { status: 'none' };
    case 'taken':
    case 'refunded':
      return { status: entry.status, reference: entry.reference, amount: entry.amount };
    case 'declined':
      return DECLINED;
    case 'closed':
      return { status: 'closed' };
  }
}
