import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@tradewind/events/topology.ts';
import type { Log, LogRecord } from '@tradewind/log/port.ts';
import { Option, type Command } from 'commander';
import { withBrokers } from '../brokers.ts';
import { group, verb } from '../manual.ts';
import { INTERRUPTED, type Context } from '../terminal.ts';
import { wholeNumber } from '../whole-number.ts';

const EVERY_MS = 250;
const BATCH = 500;

interface Options { topic?: keyof typeof topics; order?: string; type?: string; lines: number; follow?: true; json?: true }

/** Where reading goes on in each partition. */
interface Place { topic: string; partition: number; next: number }

/** `tradewind events …` */
export function events(program: Command, context: Context): void {
  const parent = group(program, 'events', { summary: 'what stands in the log', examples: ['events tail', 'events tail --follow --order 7f3a'] });
  tail(parent, context);
}

function tail(parent: Command, context: Context): void {
  verb(parent, 'tail', {
    summary: 'print the last events of the log, and with --follow those that come',
    description: 'Prints the last events of the log, a line each (with --json, a CloudEvents object a line), in the order in which the log took them.',
    examples: ['events tail -n 50', 'events tail --follow --topic payments', "events tail --json | jq -r .type | sort | uniq -c"],
    exits: { 0: 'printed', [INTERRUPTED]: 'interrupted while following' },
  })
    .addOption(new Option('--topic <name>', 'of this service only').choices(Object.keys(topics)))
    .option('--order <id>', 'of this order only (or of this customer or product, for what belongs to no order)')
    .option('--type <text>', 'of types that contain this, such as order.placed')
    .addOption(new Option('-n, --lines <n>', 'how many at first').argParser(wholeNumber(0, 10_000)).default(10))
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .action((options: Options, command: Command) => withBrokers(command, context, async ({ log }) => {
      const wanted = options.topic === undefined ? Object.values(topics) : [topics[options.topic]];
      const places = (await Promise.all(wanted.map(async (topic) => (await log.ends(topic)).map((end) => ({ topic, ...end }))))).flat();
      const fits = filterOf(options);
      const last = (await Promise.all(places.map((place) => lastOf(log, place, options.lines, fits)))).flat();
      print(context, options, last.sort(byTime).slice(-options.lines || last.length));
      if (options.follow) await follow(log, places, (records) => print(context, options, records.filter(fits)), context);
    }));
}

/** Up to `count` records that fit, from the end of a partition backwards. */
async function lastOf(log: Log, { topic, partition, first, next }: Place & { first: number }, count: number, fits: (record: LogRecord) => boolean): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  for (let until = next; until > first && found.length < count;) {
    const from = Math.max(first, until - BATCH);
    const records = await range(log, { topic, partition, next: from }, until);
    found.unshift(...records.filter(fits));
    until = from;
  }
  return found.slice(-count || found.length);
}

/** Records from `place` up to before `until`; the log may give less at a time than it is asked for. */
async function range(log: Log, place: Place, until: number): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for (let from = place.next; from < until;) {
    const records = await log.read(place.topic, place.partition, from, until - from);
    const last = records.at(-1);
    if (!last) break;
    all.push(...records.filter(({ offset }) => offset < until));
    from = last.offset + 1;
  }
  return all;
}

async function follow(log: Log, places: Place[], take: (records: LogRecord[]) => void, context: Context): Promise<void> {
  const interrupted = context.interrupted();
  while (!interrupted.aborted) {
    const read = await Promise.all(places.map(async (place) => {
      const records = await log.read(place.topic, place.partition, place.next, BATCH);
      place.next = (records.at(-1)?.offset ?? place.next - 1) + 1;
      return records;
    }));
    const came = read.flat().sort(byTime);
    take(came);
    if (came.length === 0) await sleep(EVERY_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
  context.exit(INTERRUPTED);
}

function filterOf({ order, type }: Options): (record: LogRecord) => boolean {
  return ({ envelope }) => (order === undefined || envelope.correlationid === order) && (type === undefined || envelope.type.includes(type));
}

function print({ out }: Context, { json }: Options, records: LogRecord[]): void {
  for (const record of records) out(json ? JSON.stringify(plain(record)) : lineOf(record));
}

function plain({ topic, partition, offset, envelope }: LogRecord): object {
  return { topic, partition, offset, ...envelope };
}

function lineOf({ envelope: { time, type, subject, streamversion } }: LogRecord): string {
  const version = streamversion === undefined ? '' : `@${streamversion}`;
  return `${time}  ${type.replace(/^tradewind\./, '').padEnd(28)}  ${subject}${version}`;
}

function byTime(a: LogRecord, b: LogRecord): number {
  return a.at - b.at || a.topic.localeCompare(b.topic) || a.partition - b.partition || a.offset - b.offset;
}
