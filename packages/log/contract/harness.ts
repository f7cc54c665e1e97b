import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Log, LogRecord, Message } from '../port.ts';

/** A log under test, reached as several processes would reach it. */
export interface Opened {
  /** One more client of the same log. */
  client(): Promise<Log>;
  /** How another process becomes a client of it, where the adapter's features say that it may. */
  consumer?: { script: string; options: Record<string, unknown> };
  /** Closes its clients too. */
  close(): Promise<void>;
}

/** What the tests of a contract share: one log, two clients of it, and names that no other test has. */
export interface Bench {
  log: Log;
  other: Log;
  opened: Opened;
  /** A new topic. */
  topic(partitions: number, retentionMs?: number): Promise<string>;
  group(): string;
}

let names = 0;
const started = Date.now().toString(36);
const uniqueName = (what: string): string => `${what}-${started}-${(names += 1)}`;

export async function bench(open: () => Promise<Opened>): Promise<Bench> {
  const opened = await open();
  const log = await opened.client();
  return {
    log, other: await opened.client(), opened,
    async topic(partitions, retentionMs) {
      const name = uniqueName('topic');
      await log.ensureTopics([{ name, partitions, retentionMs }]);
      return name;
    },
    group: () => uniqueName('group'),
  };
}

export function message(key: string, n: number, data: unknown = { n }): Message {
  const envelope: Envelope = {
    specversion: '1.0', id: `${key}-${n}`, source: '/tradewind/test', type: 'tradewind.test.happened.v1', subject: key,
    time: '2026-01-01T00:00:00.000Z', datacontenttype: 'application/json', partitionkey: key, correlationid: key, causationid: 'test', data,
  };
  return { key, envelope };
}

/** `count` messages over some keys, numbered from `first`. */
export function messages(count: number, { first = 0, keys = 10 } = {}): Message[] {
  return Array.from({ length: count }, (_, n) => message(`key-${(first + n) % keys}`, first + n));
}

export function number(record: LogRecord): number {
  return (record.envelope.data as { n: number }).n;
}

/** Resolves when `condition` holds; rejects, saying what was awaited, when that takes too long. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Every record of a topic, partition by partition. */
export async function everything(log: Log, topic: string): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for (const { partition, first } of await log.ends(topic))
    for (let from = first, page = await log.read(topic, partition, from, 400); page.length > 0; page = await log.read(topic, partition, from, 400)) {
      all.push(...page);
      from += page.length;
    }
  return all;
}

/** Something that a test lets happen. */
export function gate(): { opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open };
}
