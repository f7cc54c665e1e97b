import { nameOf, type GroupStore } from '@tradewind/log/group/store.ts';
import { memoryLog } from '@tradewind/log/memory/log.ts';
import { logErrors, type Log, type LogRecord, type Message, type Position } from '@tradewind/log/port.ts';
import { handOver, viaOf, type Via } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import { groupAt } from '../world/poison-records.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { overtaking } from './overtaking.ts';
import { sent } from './tell.ts';

const op = operations('log', {
  reading: ['read', 'ends', 'lag', 'groups', 'fetch'],
  // A batch whose handling succeeded may be handed over again, as if it had not: `handle` has an effect to lose the answer of.
  changing: ['ensureTopics', 'publish', 'subscribe', 'handle', 'seek', 'join', 'beat', 'take', 'commit', 'release', 'leave'],
});

/** A process's way to the log, and the log's to its consumers. */
export function logVia(world: World, process: Process): Log {
  const via = viaOf(process);
  const log = memoryLog({
    clock: process.steady, logger: world.logger, durable: world.durable.log, wakeup: world.hints.of(process),
    through: (store) => groupsVia(watched(world, store), via),
  });
  const { machine: { name } } = process;
  const asRead = (record: LogRecord) => world.disturbances.poisonRecords.read(groupAt(name), name, record);
  return {
    features: log.features,
    ensureTopics: (topics) => via(op.ensureTopics, () => log.ensureTopics(topics)),
    publish: (topic, messages) => via(op.publish, () => publish(world, process, log, { topic, messages }), () => `${topic} ${sent(messages)}`),
    subscribe: (subscription, consume) => via(op.subscribe, () => log.subscribe(subscription, (batch) => handOver(process, {
      operation: op.handle, work: () => consume(batch.map(asRead)), about: () => received(subscription.group, batch),
      unheard: () => Promise.reject(logErrors.error('log-unavailable', 'the position was not committed')),
    })), () => subscription.group),
    read: (topic, partition, from, limit) => via(op.read, async () => (await log.read(topic, partition, from, limit)).map(asRead)),
    ends: (topic) => via(op.ends, () => log.ends(topic)),
    lag: (group) => via(op.lag, () => log.lag(group)),
    groups: () => via(op.groups, () => log.groups()),
    seek: (group, topic, to) => via(op.seek, () => log.seek(group, topic, to)),
    close: () => log.close(),
  };
}

/** Only who holds a partition moves its position. One that no longer does puts it back, and the next commit hides that. */
function watched({ durable, seen }: World, store: GroupStore): GroupStore {
  return {
    ...store,
    async commit(lease, next) {
      const { group, member, epoch } = lease;
      const is = durable.log.group(group).leases.get(nameOf(lease));
      const holds = is?.holder === member && is.epoch === epoch;
      const committed = await store.commit(lease, next);
      if (committed && !holds)
        seen.push({ invariant: 'the-holder-commits', subject: `${group} ${nameOf(lease)}`, detail: `${member} of epoch ${epoch} committed ${next} in epoch ${is?.epoch}` });
      return committed;
    },
  };
}

function groupsVia(store: GroupStore, via: Via): GroupStore {
  return {
    join: (membership, from) => via(op.join, () => store.join(membership, from)),
    beat: (membership, ttlMs) => via(op.beat, () => store.beat(membership, ttlMs), () => membership.group),
    take: (membership, partitions, ttlMs) => via(op.take, () => store.take(membership, partitions, ttlMs), () => membership.group),
    commit: (lease, next) => via(op.commit, () => store.commit(lease, next), () => `${lease.group} ${lease.topic}/${lease.partition} to ${next}`),
    release: (leases) => via(op.release, () => store.release(leases)),
    leave: (membership) => via(op.leave, () => store.leave(membership)),
    fetch: (wanted) => via(op.fetch, () => store.fetch(wanted)),
  };
}

/** A publish as a log may take it: twice, out of order across keys, in part. */
async function publish({ disturbances }: World, { chance }: Process, log: Log, { topic, messages }: { topic: string; messages: Message[] }): Promise<Position[]> {
  if (messages.length > 1 && disturbances.meddles('partial-publish', 'log')) {
    await log.publish(topic, messages.slice(0, 1 + Math.floor(chance.next() * (messages.length - 1))));
    throw logErrors.error('log-unavailable', 'the connection broke in the middle of a publish');
  }
  const order = messages.length > 1 && disturbances.meddles('reordering', 'log')
    ? overtaking(messages.map(({ key }) => key), chance) : messages.map((_, at) => at);
  const arriving = order.flatMap((at) => messages[at] ?? []);
  const positions = await log.publish(topic, arriving);
  if (disturbances.meddles('duplicates', 'log')) await log.publish(topic, arriving);
  const placed = new Map(order.map((at, n) => [at, positions[n]]));
  return messages.flatMap((_, at) => placed.get(at) ?? []);
}

function received(group: string, batch: LogRecord[]): string {
  const [first] = batch;
  return `${group} ${first?.topic ?? ''}/${first?.partition ?? ''}@${first?.offset ?? ''} ${sent(batch)}`;
}
