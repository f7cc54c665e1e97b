import type { Mutant } from '../mutant.ts';

const domain = 'services/orders/domain/saga.ts';

/** The process manager of an order. */
export const sagaBugs: Mutant[] = [
  {
    name: 'compensation-lost',
    says: 'a saga that gives up never gives the credit back',
    patches: [{
      file: 'services/orders/domain/steps.ts', find: 'return securing.slice(0, securing.indexOf(step)', replace: 'return securing.slice(1, securing.indexOf(step)',
    }],
  },
  {
    name: 'timeout-taken-for-failure',
    says: 'a step that did not answer in time counts as refused, and is not undone',
    patches: [{
      file: domain, find: "compensate(saga, reasonUnlessCancelled(input.order, 'step-timed-out'), 'unknown')",
      replace: "compensate(saga, reasonUnlessCancelled(input.order, 'step-timed-out'), 'rejected')",
    }],
  },
  {
    name: 'step-in-flight-forgotten',
    says: 'a cancellation undoes what was done, and not what was just asked for',
    patches: [{ file: domain, find: "return compensate(saga, input.reason, 'unknown');", replace: "return compensate(saga, input.reason, 'rejected');" }],
  },
  {
    name: 'resend-with-a-new-id',
    says: 'a command that is sent again has another id than the first time',
    patches: [{
      file: 'services/orders/messaging/outgoing.ts', find: 'envelope: encodeCommand(command, { ...this.#stamp, id }, subject),',
      replace: 'envelope: encodeCommand(command, { ...this.#stamp, id: `${id}:${this.#random.id()}` }, subject),',
    }],
  },
  {
    name: 'cancellation-overtaken',
    says: 'a payment confirms the order, whatever the customer said meanwhile',
    patches: [{ file: domain, find: "  if (order.status === 'cancelled') return compensate(saga, order.reason, 'unknown');\n", replace: '' }],
  },
  {
    name: 'order-unchecked',
    says: 'the saga decides on an order without appending at the version it saw',
    patches: [{ file: 'services/orders/sagas.ts', find: 'stream: consulted.stream, expected: consulted.version', replace: "stream: consulted.stream, expected: 'any'" }],
  },
  {
    name: 'timer-lost',
    says: 'the timer of a step is not set with the command that it watches over',
    patches: [{ file: 'services/orders/sagas.ts', find: ', ...(timers && { timers }),', replace: ', ...(timers?.clear && { timers }),' }],
  },
];
