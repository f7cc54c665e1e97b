import type { DeadLetter, Tasks } from '@tradewind/tasks/port.ts';
import { Option, type Command } from 'commander';
import { withBrokers } from '../brokers.ts';
import { number } from '../figures.ts';
import { group, verb } from '../manual.ts';
import { list as entries, table } from '../table.ts';
import { UserError, write, type Context } from '../terminal.ts';
import { wholeNumber } from '../whole-number.ts';

type Letter = DeadLetter & { queue: string };

/** Letters of a queue that are looked through for one of them. */
const MOST = 100_000;

/** `tradewind dead-letters …` */
export function deadLetters(program: Command, context: Context): void {
  const parent = group(program, 'dead-letters', {
    summary: 'tasks that failed for good: read them, and put them back',
    examples: ['dead-letters list', 'dead-letters show payments.take-payment 17', 'dead-letters redrive payments.take-payment --all'],
  });
  for (const add of [list, show, redrive]) add(parent, context);
}

function list(parent: Command, context: Context): void {
  verb(parent, 'list', {
    summary: 'list dead letters, oldest first, of all queues or of one',
    examples: ['dead-letters list', 'dead-letters list --queue payments.take-payment --json'],
    exits: { 0: 'listed, even where there is none' },
  })
    .option('--queue <name>', 'of this queue only')
    .addOption(new Option('--limit <n>', 'how many of a queue at most').argParser(wholeNumber(1, MOST)).default(100))
    .action(({ queue, limit, json }: { queue?: string; limit: number; json?: true }, command: Command) =>
      withBrokers(command, context, async ({ tasks }) => {
        const queues = queue === undefined ? (await tasks.depths()).filter(({ dead }) => dead > 0).map((each) => each.queue) : [queue];
        const letters = (await Promise.all(queues.map((each) => lettersOf(tasks, each, limit)))).flat();
        write(context, json, letters, () => letters.length === 0 ? 'There is no dead letter.' : table(
          ['QUEUE', 'ID', 'DIED', 'ATTEMPTS', 'ORDER', 'TYPE', 'REASON'],
          letters.map((each) => [each.queue, each.id, time(each), number(each.attempts), each.envelope.correlationid, each.envelope.type, each.reason]),
        ));
      }));
}

function show(parent: Command, context: Context): void {
  verb(parent, 'show <queue> <id>', {
    summary: 'show a dead letter with its message', examples: ['dead-letters show payments.take-payment 17'], exits: { 0: 'shown' },
  }).action((queue: string, id: string, { json }: { json?: true }, command: Command) => withBrokers(command, context, async ({ tasks }) => {
    const letter = (await lettersOf(tasks, queue, MOST)).find((each) => each.id === id);
    if (!letter) throw new UserError(`there is no dead letter ${id} in ${queue}`);
    write(context, json, letter, () => {
      const { reason, attempts, exchange, routingKey, envelope } = letter;
      const told = entries({ queue, id, died: time(letter), attempts: number(attempts), reason, exchange, 'routing key': routingKey });
      return `${told}\n\n${JSON.stringify(envelope, null, 2)}`;
    });
  }));
}

function redrive(parent: Command, context: Context): void {
  verb(parent, 'redrive <queue> [ids...]', {
    summary: 'put dead letters back at the end of their queue, attempts counted anew',
    examples: ['dead-letters redrive payments.take-payment 17 18', 'dead-letters redrive payments.take-payment --all'],
    exits: { 0: 'put back', 1: 'some of those ids are no dead letters of this queue; the others were put back' },
  })
    .option('--all', 'every dead letter of the queue')
    .action((queue: string, ids: string[], { all, json }: { all?: true; json?: true }, command: Command) => {
      if (all ? ids.length > 0 : ids.length === 0) throw new UserError('say which dead letters: ids, or --all');
      return withBrokers(command, context, async ({ tasks }) => {
        const wanted = [...new Set(ids)];
        const redriven = await tasks.redrive(queue, all ? undefined : wanted);
        if (!all && redriven < wanted.length) context.exit(1);
        write(context, json, { queue, redriven, ...(!all && { asked: wanted.length }) }, () => `${number(redriven)}${all ? '' : ` of ${number(wanted.length)}`} put back into ${queue}`);
      });
    });
}

async function lettersOf(tasks: Tasks, queue: string, limit: number): Promise<Letter[]> {
  return (await tasks.deadLetters(queue, limit)).map((letter) => ({ queue, ...letter }));
}

function time({ at }: DeadLetter): string {
  return new Date(at).toISOString();
}
