import type { Mutant } from '../mutant.ts';

/** The log: one order a key, one reader a partition. */
export const logBugs: Mutant[] = [
  {
    name: 'key-order-broken',
    says: 'events go to the partition of their own id rather than to that of their key',
    patches: [{
      file: 'packages/event-store/relay/send.ts', find: 'messages.push({ key: row.key, envelope: row.envelope })',
      replace: 'messages.push({ key: row.envelope.id, envelope: row.envelope })',
    }],
  },
  {
    name: 'lease-unfenced',
    says: 'a reader that has lost its partition commits its position all the same',
    patches: [{
      file: 'packages/log/memory/groups.ts',
      find: 'return lease?.holder === member && lease.epoch === epoch ? lease : undefined;',
      replace: 'void [member, epoch];\n    return lease;',
    }],
  },
  {
    name: 'failed-batch-committed',
    says: 'a batch whose handling failed counts as handled',
    patches: [{
      file: 'packages/log/group/holding.ts',
      find: "logger?.warn({ err: error, group, topic, partition, position: this.#position, attempt }, failure);",
      replace: "logger?.warn({ err: error, group, topic, partition, position: this.#position, attempt }, failure);\n        return true;",
    }],
  },
];
