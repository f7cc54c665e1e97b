import { groups } from '@tradewind/events/topology.ts';
import { Argument, Option, type Command } from 'commander';
import { at, withApi } from '../api.ts';
import { counted, number } from '../figures.ts';
import { group, verb } from '../manual.ts';
import { list as entries, table } from '../table.ts';
import { UserError, write, type Context } from '../terminal.ts';
import { wholeNumber } from '../whole-number.ts';

const MOST = 1_000;

interface Parked {
  id: string; key: string; topic: string; partition: number; offset: number; state: string; code: string; reason: string; attempts: number;
  firstAt: string; lastAt: string; takenAt: string; dropped?: { by: string; reason: string; at: string }; envelope: { type: string };
}
interface Listed { group: string; records: Parked[]; complete: boolean }

/** `tradewind parked …` */
export function parked(program: Command, context: Context): void {
  const parent = group(program, 'parked', {
    summary: 'records of the log that a service cannot handle: read them, have them handled again, or drop them',
    description: 'Records of the log that a consumer group cannot handle, each with all that came of its order later. They wait in their order until redriven; other orders go on.',
    examples: ['parked list', 'parked show orders.saga 17', 'parked redrive orders.saga 7f3a', 'parked drop orders.saga 17 --reason "sent by hand"'],
  });
  for (const add of [list, show, redrive, drop]) add(parent, context);
}

const groupName = () => new Argument('<group>', 'consumer group of the log').choices(Object.values(groups));

function list(parent: Command, context: Context): void {
  verb(parent, 'list', {
    summary: 'list parked records, oldest first, of all groups or of one',
    examples: ['parked list', 'parked list --group orders.saga --key 7f3a --json', 'parked list --dropped'],
    exits: { 0: 'listed, even where there is none' },
  })
    .addOption(new Option('--group <name>', 'of this group only').choices(Object.values(groups)))
    .option('--key <key>', 'of this order only')
    .option('--dropped', 'those that were dropped instead')
    .addOption(new Option('--limit <n>', 'how many of a group at most').argParser(wholeNumber(1, MOST)).default(100))
    .action(({ group: only, key, dropped, limit, json }: { group?: string; key?: string; dropped?: true; limit: number; json?: true }, command: Command) =>
      withApi(command, context, async (api) => {
        const query = new URLSearchParams({ state: dropped ? 'dropped' : 'parked', limit: String(limit), ...(key !== undefined && { key }) });
        const lists = await Promise.all((only ? [only] : Object.values(groups)).map((name) => api.ask<Listed>({ method: 'GET', path: `/parked/${name}?${query}` })));
        const records = lists.flatMap((each) => each.records.map((record) => ({ group: each.group, ...record })));
        write(context, json, records, () => records.length === 0 ? `There is no ${dropped ? 'dropped' : 'parked'} record.` : table(
          ['GROUP', 'ID', 'SINCE', 'ATTEMPTS', 'ORDER', 'TYPE', 'WHY'],
          records.map((each) => [each.group, each.id, each.firstAt, number(each.attempts), each.key, each.envelope.type, why(each)]),
        ) + (lists.every(({ complete }) => complete) ? '' : '\nThere may be more than these.'));
      }));
}

function show(parent: Command, context: Context): void {
  verb(parent, 'show', {
    summary: 'show a parked or dropped record with its event, and why it is there', examples: ['parked show orders.saga 17'], exits: { 0: 'shown' },
  }).addArgument(groupName()).argument('<id>', 'its id in the list')
    .action((name: string, id: string, { json }: { json?: true }, command: Command) => withApi(command, context, async (api) => {
      const record = await api.ask<Parked>({ method: 'GET', path: at`/parked/${name}/${id}` });
      write(context, json, { group: name, ...record }, () => {
        const { key, topic, partition, offset, state, code, attempts, firstAt, lastAt, takenAt, reason, dropped, envelope } = record;
        const told = entries({
          group: name, id, order: key, place: `${topic}/${partition}@${offset}`, taken: takenAt, state, code, attempts: number(attempts), 'first tried': firstAt,
          'last tried': lastAt, ...(dropped && { dropped: `${dropped.at} by ${dropped.by}: ${dropped.reason}` }),
        });
        return `${told}\n\n${reason}\n\n${JSON.stringify(envelope, null, 2)}`;
      });
    }));
}

function redrive(parent: Command, context: Context): void {
  verb(parent, 'redrive', {
    summary: 'have the parked records of an order, or of all, handled again in their order',
    description: 'Asks for parked records to be handled again, in their order, by the service as it is now. One that fails again stays, with its new reason, and what is behind it.',
    examples: ['parked redrive orders.saga 7f3a', 'parked redrive order-history --all'],
    exits: { 0: 'asked for: what could not be handled is in the list again' },
  }).addArgument(groupName()).argument('[order]', 'whose records')
    .option('--all', 'the records of every order')
    .action((name: string, key: string | undefined, { all, json }: { all?: true; json?: true }, command: Command) => {
      if ((key === undefined) !== (all === true)) throw new UserError('say which records: an order, or --all');
      return withApi(command, context, async (api) => {
        const asked = await api.ask<{ records: number }>({ method: 'POST', path: `/parked/${name}/redrive`, body: all ? {} : { key } });
        write(context, json, asked, () => `${counted(asked.records, 'record')} to be handled again`);
      });
    });
}

function drop(parent: Command, context: Context): void {
  verb(parent, 'drop', {
    summary: 'give one parked record up for good; it is kept as evidence',
    description: 'Gives one parked record up for good: it is never handled, and kept with who dropped it and why. What waits behind it goes on waiting until redriven.',
    examples: ['parked drop orders.saga 17 --reason "sent by hand"'], exits: { 0: 'dropped' },
  }).addArgument(groupName()).argument('<id>', 'its id in the list')
    .requiredOption('--reason <text>', 'why, for whoever asks later')
    .action((name: string, id: string, { reason, json }: { reason: string; json?: true }, command: Command) => withApi(command, context, async (api) => {
      const record = await api.ask<Parked>({ method: 'POST', path: at`/parked/${name}/${id}/drop`, body: { reason } });
      write(context, json, { group: name, ...record }, () => `${record.envelope.type} of ${record.key} is dropped.`);
    }));
}

function why({ code, reason, dropped }: Parked): string {
  if (dropped) return `dropped by ${dropped.by}: ${dropped.reason}`;
  return code === 'waits-behind' ? 'waits behind an earlier one' : `${code}: ${(reason.split('\n')[0] ?? '').replace(/^\w+: /, '')}`;
}
