import type { Mutant } from '../mutant.ts';

const lane = 'packages/event-store/relay/lane.ts';

/** From the store to the brokers: at least once each, and in order. */
export const outboxBugs: Mutant[] = [
  {
    name: 'outbox-outside-of-the-transaction',
    says: 'the saga writes its outbox rows in a second append, after its events',
    patches: [{
      file: 'services/orders/sagas.ts',
      find: `      tasks: [...outgoing.commands(made.commands), ...outgoing.notifications(toOrder)],
    });`,
      replace: `    });
    await store.append([], { tasks: [...outgoing.commands(made.commands), ...outgoing.notifications(toOrder)] });`,
    }],
  },
  {
    name: 'outbox-deleted-before-published',
    says: 'the relay deletes its rows, then publishes them',
    patches: [{
      file: lane,
      find: `const ids = await this.#publish(rows, blocked);
    if (blocked.size === 0) this.#floor.passed(end(rows, 0));
    if (!this.#lease || ids.length === 0) return;`,
      replace: `if (this.#lease) this.#sent = { epoch: this.#lease.epoch, ids: rows.map((row) => row.id) };
    await this.#remove();
    const ids = await this.#publish(rows, blocked);
    if (!this.#lease || ids.length > 0) return;`,
    }],
  },
  {
    name: 'failed-publish-taken-for-done',
    says: 'the relay deletes rows whose publish failed',
    patches: [{
      file: lane,
      find: `if (!(error instanceof CodedError) || error.canRetry) throw error;
      return this.#oneByOne(free, blocked);`,
      replace: `if (error instanceof CodedError && error.canRetry) return free.map((row) => row.id);
      return this.#oneByOne(free, blocked);`,
    }],
  },
  {
    name: 'relay-epoch-unchecked',
    says: 'the store deletes outbox rows for a relay that no longer leads',
    patches: [{
      file: 'packages/event-store/memory/outbox.ts',
      find: '      if (durable.leases.get(lane)?.epoch !== epoch) return false;\n', replace: '      void epoch;\n',
    }],
  },
  {
    name: 'hint-trusted',
    says: 'the relay looks for rows only when it is told of some',
    patches: [{ file: lane, find: 'await clock.sleep(pollMs, this.#nudge.signal)', replace: 'await clock.sleep(pollMs * 1e6, this.#nudge.signal)' }],
  },
];
