import type { Draft, Envelope } from '@tradewind/events/envelope.ts';
import { storeErrors, type Act, type Answer, type OutgoingTask, type StreamWrite, type Timer, type Version } from '../port.ts';
import { checkNames, storable, storableMessage } from '../storable.ts';
import type { DurableStore } from './durable.ts';
import { frozen } from './frozen.ts';

/** The copy of an append that the store keeps. */
interface Copied {
  writes: { stream: string; expected: Version | 'any'; events: Draft[] }[];
  inbox?: string;
  answer?: Answer;
  tasks: OutgoingTask[];
  clear: string[];
  set: Timer[];
}

/** All or none, at once. @throws as `EventStore.append` says. */
export function append(durable: DurableStore, { writes, act, topic, now }: { writes: StreamWrite[]; act: Act; topic: string; now: number }): Version[] {
  const copied = copy(writes, act);
  check(durable, copied);
  const versions = copied.writes.map((write) => store(durable, write, { topic, now }));
  for (const task of copied.tasks) {
    durable.position += 1;
    durable.outbox.tasks.set(durable.position, { row: { id: durable.position, lane: 'tasks', ...task }, at: now });
  }
  if (copied.inbox) durable.inbox.set(copied.inbox, now);
  if (copied.answer) durable.answers.set(answerKey(copied.answer.scope, copied.answer.key), copied.answer);
  for (const id of copied.clear) durable.timers.delete(id);
  for (const timer of copied.set) durable.timers.set(timer.id, timer);
  return versions;
}

export function answerKey(scope: string, key: string): string {
  return JSON.stringify([scope, key]);
}

function copy(writes: StreamWrite[], act: Act): Copied {
  checkNames(writes, act);
  const { inbox, answer, tasks = [], timers } = act;
  return {
    writes: writes.map(({ stream, expected, events }) => ({
      stream, expected, events: events.map((event): Draft => JSON.parse(storableMessage(event, event.type))),
    })),
    ...(inbox && { inbox: JSON.stringify([inbox.consumer, inbox.messageId]) }),
    ...(answer && { answer: frozen<Answer>(JSON.parse(storable(answer, 'answer'))) }),
    tasks: tasks.map((task) => frozen<OutgoingTask>(JSON.parse(storableMessage(task, task.envelope.type)))),
    clear: timers?.clear ?? [],
    set: (timers?.set ?? []).map((timer) => frozen<Timer>(JSON.parse(storable(timer, 'timer')))),
  };
}

function check(durable: DurableStore, { writes, inbox, answer }: Copied): void {
  if (inbox && durable.inbox.has(inbox)) throw storeErrors.error('already-handled');
  if (answer && durable.answers.has(answerKey(answer.scope, answer.key))) throw storeErrors.error('key-used');
  const moved = writes.filter(({ stream, expected }) => expected !== 'any' && expected !== durable.version(stream));
  if (moved.length > 0)
    throw storeErrors.error('stream-conflict', moved
      .map(({ stream, expected }) => `${stream} is at version ${durable.version(stream)}, not ${expected}`).join('; '));
}

function store(durable: DurableStore, write: Copied['writes'][number], { topic, now }: { topic: string; now: number }): Version {
  const { stream, events } = write;
  const kept = durable.streams.get(stream) ?? [];
  if (events.length > 0) durable.streams.set(stream, kept);
  for (const draft of events) {
    const event: Envelope = frozen({ ...draft, subject: stream, streamversion: kept.length + 1 });
    const id = durable.position += 1;
    kept.push(event);
    durable.events.push({ position: id, event });
    durable.outbox.log.set(id, { row: { id, lane: 'log', topic, key: event.partitionkey, envelope: event }, at: now });
  }
  return kept.length;
}
