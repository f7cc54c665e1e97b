import type { Mutant } from '../mutant.ts';

const answerOnce = 'packages/event-store/answer-once.ts';

/** Requests: one answer a key, and what is whose. */
export const requestBugs: Mutant[] = [
  {
    name: 'answer-not-stored',
    says: 'the answer to an order is not kept under its idempotency key',
    patches: [{ file: 'services/orders/orders.ts', find: 'new Outgoing(this.#parts, data.orderId, cause), { answer });', replace: 'new Outgoing(this.#parts, data.orderId, cause), {});' }],
  },
  {
    name: 'key-without-fingerprint',
    says: 'another request under a used key gets the answer of the first',
    patches: [{ file: answerOnce, find: 'if (answer.fingerprint !== fingerprint)', replace: 'if (answer.fingerprint === undefined)' }],
  },
  {
    name: 'key-race-lost',
    says: 'of two equal requests at the same time, at two replicas, the second fails',
    patches: [{
      file: answerOnce,
      find: "if (!storeErrors.is(error, 'key-used')) throw error;", replace: "if (storeErrors.is(error, 'key-used')) throw error;",
    }],
  },
  {
    name: 'quantity-not-charged',
    says: 'an order costs one unit of each line, however many it takes',
    patches: [{ file: 'services/orders/domain/order.ts', find: 'line.quantity * line.unitPrice.amount', replace: 'line.unitPrice.amount' }],
  },
  {
    name: 'key-without-caller',
    says: 'an idempotency key is the same whoever sends it',
    patches: [{
      file: 'packages/chassis/http/idempotency.ts',
      find: "scope: `${callerHeader(caller) ?? 'anonymous'} ${route.operationId}`", replace: 'scope: `${callerHeader(caller) ? route.operationId : route.operationId}`',
    }],
  },
  {
    name: 'anybody-cancels',
    says: 'an order is cancelled for whoever asks',
    patches: [{ file: 'services/orders/orders.ts', find: 'owner !== undefined && before.state.customerId !== owner', replace: 'owner !== undefined && before.state.customerId === undefined' }],
  },
  {
    name: 'anybody-reads',
    says: 'an order is shown to whoever asks',
    patches: [{
      file: 'services/order-history/http/orders.ts',
      find: "if (!order || (caller.role === 'customer' && order.customerId !== caller.customerId))", replace: "if (!order || (caller.role === 'customer' && order.customerId === ''))",
    }],
  },
];
