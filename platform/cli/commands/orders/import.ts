import { setFlagsFromString } from 'node:v8';
import { progress } from '@tradewind/client/progress.ts';
import { LARGEST_AMOUNT } from '@tradewind/events/money.ts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { amount, currencyOption } from '../../amount.ts';
import { withApi, type Api } from '../../api.ts';
import { assemble, type Failure } from '../../import/assemble.ts';
import { openHistory } from '../../import/read.ts';
import { Replay } from '../../import/replay.ts';
import { importText, progressLine, type Imported } from '../../import/report.ts';
import { verb } from '../../manual.ts';
import { INTERRUPTED, UserError, write, type Context } from '../../terminal.ts';
import { wholeNumber } from '../../whole-number.ts';

interface Options { speed: number; window: number; currency: string; creditLimit?: string; stock: number; paymentMethod: string; json?: true }

/** A platform that is started anew is waited for. */
const PERSIST_MS = 120_000;
const SHOW_EVERY_MS = 250;
/** In the JSON. */
const MOST_ERRORS = 1_000;

/** A paragraph a line: commander wraps them. */
const DESCRIPTION = [
  'Replays an order history through the API. The first line of the file names its columns, in any order, others besides:', '',
  '  placedAt,orderId,customerId,productId,quantity,unitPrice', '  2026-05-01T10:00:00Z,o-1,c-1,p-1,2,12.50', '',
  'Each further line is one line of an order. Those of one order stand together; a product that stands twice in it is added up. '
  + 'The platform places orders at its own time: placedAt decides the pace only (UTC where no zone stands).', '',
  'Customers and products that the platform does not know are registered first, named as their id: a product at the unitPrice of its first '
  + 'line and with --stock units, a customer with --credit-limit. Those it knows stay as they are, and the platform\'s own price counts: the end '
  + 'says how many orders cost otherwise than in the file.', '',
  'A row in error is reported by its line and skipped, with the whole order it belongs to; where its orderId cannot be read, with the order that '
  + 'goes on behind it. A row far below the others of its order is skipped too, but those are placed: sort the file by order first. Each order is placed once, however often the file is '
  + 'imported: after Ctrl-C, a crash or an outage, run the same command again.',
].join('\n');

/** `tradewind orders import` */
export function importOrders(parent: Command, context: Context): void {
  verb(parent, 'import <file>', {
    summary: 'replay your own order history from a CSV file',
    description: DESCRIPTION,
    examples: [
      'orders import history.csv                                  # as fast as the platform takes it',
      'orders import history.csv --speed 60x                      # an hour in a minute',
      'orders import history.csv --currency JPY --stock 5000 --credit-limit 1000000',
      "orders import history.csv --json | jq '.errors[:10]'",
    ],
    exits: {
      0: 'every row is placed, now or before', 1: 'some rows were skipped; each is reported on stderr as `line N: reason`',
      2: 'the file or an option does not fit, and nothing changed; or the platform went away in the middle: run it again to go on',
      [INTERRUPTED]: 'interrupted; run it again to go on',
    },
  })
    .addOption(new Option('--speed <speed>', 'how much faster than it was, such as 1x or 60x, or max').argParser(speed).default(Infinity, 'max'))
    .addOption(new Option('--window <n>', 'orders on their way through the platform at a time, at most').argParser(wholeNumber(1, 1_000)).default(100))
    .addOption(currencyOption())
    .option('--credit-limit <amount>', 'of customers that are registered (default: the largest there is)')
    .addOption(new Option('--stock <units>', 'of products that are registered').argParser(wholeNumber(0, 1_000_000_000)).default(1_000_000))
    .option('--payment-method <name>', 'how all of them are paid', 'card-ok')
    .action(async (file: string, options: Options, command: Command) => {
      const limit = options.creditLimit === undefined ? { amount: LARGEST_AMOUNT, currency: options.currency } : amount(options.creditLimit, options.currency);
      await withApi(command, context, async (api) => {
        const imported = await importFile(file, { ...options, creditLimit: limit, api, context });
        write(context, options.json, imported, () => importText(imported));
        if (!imported.complete) context.exit(INTERRUPTED);
        else if (imported.rowsSkipped > 0) context.exit(1);
      }, { persist: PERSIST_MS });
    });
}

type Import = Omit<Options, 'creditLimit'> & { creditLimit: { amount: number; currency: string }; api: Api; context: Context };

async function importFile(file: string, { api, context, currency, ...options }: Import): Promise<Imported> {
  const history = await openHistory(file, currency);
  setFlagsFromString('--heap-growing-percent=20'); // left to itself V8 lets garbage pile up to several times what is alive
  const begun = Date.now();
  const stop = context.interrupted();
  stop.addEventListener('abort', () => api.hurry());
  const shown = progress(context.screen);
  const errors: Failure[] = [];
  const failed = (failure: Failure): void => {
    shown.say(`line ${failure.line}: ${failure.reason}`);
    if (errors.length < MOST_ERRORS) errors.push(failure);
  };
  const replay = new Replay({ ...options, api, stop, failed });
  const line = progressLine(history.bytes, () => Date.now());
  let complete = false;
  const ticking = setInterval(() => shown.show(line(replay.done)), SHOW_EVERY_MS);
  try {
    await replay.run(assemble(history.lines));
    complete = !stop.aborted;
  } catch (error) {
    // Interrupted while the platform was away: what it was asked last is asked again by the next import.
    if (!stop.aborted) throw new UserError(`${error instanceof Error ? error.message : String(error)}; run it again to go on`);
  } finally {
    clearInterval(ticking);
    shown.show(line({ ...replay.done, ...(complete && { bytes: history.bytes }) })); // line ends of Windows and empty lines are not counted on the way
    shown.end();
  }
  return { file, ...replay.done, seconds: (Date.now() - begun) / 1_000, resent: api.resent, errors, complete };
}

function speed(text: string): number {
  if (text === 'max') return Infinity;
  const [, times] = /^(\d{1,6}(?:\.\d{1,3})?)x$/.exec(text) ?? [];
  if (times === undefined || Number(times) === 0) throw new InvalidArgumentError('Write it as 60x, 1x, 0.5x or max.');
  return Number(times);
}
