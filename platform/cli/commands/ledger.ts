import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { print } from '@tradewind/ledger/print.ts';
import { exitCode } from '@tradewind/ledger/verdict.ts';
import { untilSettled } from '@tradewind/ledger/wait.ts';
import { Option, type Command } from 'commander';
import { duration } from '../duration.ts';
import { platformOf } from '../platform.ts';
import type { Context } from '../terminal.ts';

interface Options { wait: number; json?: true }

/** `tradewind ledger check`: computes every invariant from the stores, the log and the provider's book. */
export function ledger(program: Command, context: Context): void {
  program.command('ledger').summary("check the platform's books").description('The invariants of the whole platform.')
    .command('check')
    .summary('print one line for each invariant')
    .description("Reads stores, log, read models and the payment provider's book, and prints one line for each invariant.\nOrders whose saga has not ended are in flight and not judged.")
    .addOption(new Option('--wait <duration>', 'wait this long at most until nothing is in flight').argParser(duration).default(0, 'not at all'))
    .option('--json', 'print the verdict as JSON')
    .addHelpText('after', `
Examples:
  $ tradewind ledger check
  $ tradewind ledger check --wait 60s
  $ tradewind ledger check --json | jq '.invariants[] | select(.holds | not)'

Exit codes:
  0  every invariant holds, and nothing is in flight
  1  an invariant is broken
  2  no platform is running there, or a store does not answer
  3  nothing is broken, but something is still in flight`)
    .action(async ({ wait, json }: Options, command: Command) => {
      const platform = platformOf(command, context);
      const { openLedger } = await import('@tradewind/embedded/ledger.ts'); // it takes a while: not for a line of help
      const opened = await openLedger(platform.databases);
      try {
        const verdict = await untilSettled(() => opened.verdict(), { clock: systemClock, waitMs: wait });
        context.out(json ? JSON.stringify(verdict, null, 2) : print(verdict));
        context.exit(exitCode(verdict));
      } finally {
        await opened.close();
      }
    });
}
