import type { Act, StreamWrite } from '../port.ts';
import { checkNames, storable, storableMessage } from '../storable.ts';

/** An append as its group needs it: what it must not share with another of the group, and its parts as JSON. */
export interface Prepared {
  keys: string[];
  writes: { stream: string; expected: number | null; envelopes: string[] }[];
  /** What the streams are known to have reached: see known.ts. */
  known: Map<string, number>;
  message?: string;
  reply?: string;
  outgoing: string[];
  timings: string[];
}

/** @throws CodedError `event-invalid` */
export function prepare(writes: StreamWrite[], act: Act): Prepared {
  checkNames(writes, act);
  const { inbox, answer, tasks = [], timers } = act;
  const { set = [], clear = [] } = timers ?? {};
  return {
    keys: keysOf(writes, act), known: new Map(),
    writes: writes.map(({ stream, expected, events }) => ({
      stream, expected: expected === 'any' ? null : expected,
      envelopes: events.map((event) => storableMessage(event, event.type)),
    })),
    ...(inbox && { message: JSON.stringify({ consumer: inbox.consumer, id: inbox.messageId }) }),
    ...(answer && { reply: storable(answer, 'answer') }),
    outgoing: tasks.map((task) => storableMessage(task, task.envelope.type)),
    timings: [
      ...clear.map((id) => JSON.stringify({ id })),
      ...set.map((timer) => storable(timer, 'timer')),
    ],
  };
}

function keysOf(writes: StreamWrite[], { inbox, answer, timers }: Act): string[] {
  const keys = writes.map((write) => `stream ${write.stream}`);
  if (inbox) keys.push(`inbox ${JSON.stringify([inbox.consumer, inbox.messageId])}`);
  if (answer) keys.push(`answer ${JSON.stringify([answer.scope, answer.key])}`);
  for (const { id } of timers?.set ?? []) keys.push(`timer ${id}`);
  for (const id of timers?.clear ?? []) keys.push(`timer ${id}`);
  return keys;
}

/** The values of `append_group`, in the order of its parameters. */
export function parameters(group: Prepared[], now: number): unknown[] {
  const writes = group.flatMap((append, at) => append.writes.map((write) => ({ ...write, owner: at + 1 })));
  return [
    lockKeys(writes.map((write) => write.stream)),
    group.length,
    writes.map((write) => write.stream),
    writes.map((write) => write.expected),
    writes.map((write) => write.envelopes.length),
    writes.map((write) => write.owner),
    list(writes.flatMap((write) => write.envelopes)),
    writes.flatMap((write, at) => write.envelopes.map(() => at + 1)),
    writes.flatMap((write) => write.envelopes.map((_, place) => place + 1)),
    list(owned(group, (append) => append.message === undefined ? [] : [append.message])),
    list(owned(group, (append) => append.reply === undefined ? [] : [append.reply])),
    list(owned(group, (append) => append.timings)),
    list(owned(group, (append) => append.outgoing)),
    now,
  ];
}

/** Objects with the place of their act, counted from 1, put in front. */
function owned(group: Prepared[], part: (append: Prepared) => string[]): string[] {
  return group.flatMap((append, at) => part(append).map((json) => `{"owner":${at + 1},${json.slice(1)}`));
}

function list(items: string[]): string | null {
  return items.length > 0 ? `[${items.join(',')}]` : null;
}

/** Numbers of these streams' locks in the order to take them. Streams that share one only wait for each other. */
export function lockKeys(streams: string[]): number[] {
  return [...new Set(streams.map(fnv1a))].sort((a, b) => a - b);
}

/** FNV-1a over UTF-16 code units, as a signed 32-bit integer. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash | 0;
}
