import { logBugs } from './bugs/log.ts';
import { messageBugs } from './bugs/messages.ts';
import { parkingBugs } from './bugs/parking.ts';
import { outboxBugs } from './bugs/outbox.ts';
import { participantBugs } from './bugs/participants.ts';
import { readingBugs } from './bugs/reading.ts';
import { requestBugs } from './bugs/requests.ts';
import { sagaBugs } from './bugs/saga.ts';
import type { Mutant } from './mutant.ts';

/** Every planted bug. */
export const mutants: Mutant[] = [
  ...messageBugs, ...outboxBugs, ...logBugs, ...sagaBugs, ...participantBugs, ...requestBugs, ...readingBugs, ...parkingBugs,
];
