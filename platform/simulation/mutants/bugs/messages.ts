import type { Mutant } from '../mutant.ts';

/** Handling a message: once in effect, and acknowledged when that is safe. */
export const messageBugs: Mutant[] = [
  {
    name: 'inbox-skipped',
    says: 'customers keeps no inbox row with the events of a command',
    patches: [{
      file: 'services/customers/messaging/handlers.ts',
      find: 'act: () => ({ inbox: { consumer: queue, messageId: id } })',
      replace: 'act: () => ({})',
    }],
  },
  {
    name: 'task-acknowledged-before-commit',
    says: 'notifications calls a task done before what it does is stored',
    patches: [{
      file: 'services/notifications/messaging/notify.ts',
      find: `const first = await model.keep({ orderId, customerId, kind, ...letter(data), at: clock.now() });
    told.inc({ kind, news: first ? 'yes' : 'no' });`,
      replace: `model.keep({ orderId, customerId, kind, ...letter(data), at: clock.now() })
      .then((first) => told.inc({ kind, news: first ? 'yes' : 'no' }), () => undefined);`,
    }],
  },
  {
    name: 'position-committed-before-handling',
    says: 'the saga gives its batch back as handled as soon as it has begun',
    patches: [{
      file: 'services/orders/messaging/listen.ts',
      find: '(batch) => parking.records(batch, { width, cares: concerns }, handle));',
      replace: 'async (batch) => void parking.records(batch, { width, cares: concerns }, handle).catch(() => undefined));',
    }],
  },
  {
    name: 'failed-record-skipped',
    says: 'a record whose handling failed is passed over, and the position moves on',
    patches: [{
      file: 'packages/log/by-key.ts', find: '  if (failure) throw failure.error;\n', replace: '',
    }],
  },
  {
    name: 'retry-without-limit',
    says: 'a message that no schema knows is tried again for ever',
    patches: [{
      file: 'packages/tasks/handler.ts',
      find: "return { type: 'dead', reason: `${error.code}: ${reason}` };",
      replace: "return { type: 'retry', reason: `${error.code}: ${reason}`, uncounted: true };",
    }],
  },
  {
    name: 'lost-delivery-forgotten',
    says: 'what a dead consumer had in hand does not come again',
    patches: [{
      file: 'packages/tasks/memory/queue.ts',
      find: '        this.#putBack({ ...task, redelivered: true });\n', replace: '        void task;\n',
    }],
  },
];
