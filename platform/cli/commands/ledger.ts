import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { progress } from '@tradewind/client/progress.ts';
import { print } from '@tradewind/ledger/print.ts';
import { exitCode } from '@tradewind/ledger/verdict.ts';
import { untilSettled } from '@tradewind/ledger/wait.ts';
import { Option, type Command } from 'commander';
import { duration } from '../duration.ts';
import { number } from '../figures.ts';
import { group, verb } from '../manual.ts';
import { platformOf } from '../platform.ts';
import { write, type Context } from '../terminal.ts';

interface Options { wait: number; json?: true }

/** `tradewind ledger check`: computes every invariant from the stores, the log and the provider's book. */
export function ledger(program: Command, context: Context): void {
  const parent = group(program, 'ledger', { summary: "check the platform's books", examples: ['ledger check --wait 60s'] });
  verb(parent, 'check', {
    summary: 'print one line for each invariant of the whole platform',
    description: "Reads stores, log, read models and the payment provider's book, and prints one line for each invariant. "
      + 'Orders whose saga has not ended are in flight and not judged.',
    examples: ['ledger check', 'ledger check --wait 60s', "ledger check --json | jq '.invariants[] | select(.holds | not)'"],
    exits: { 0: 'every invariant holds, and nothing is in flight', 1: 'an invariant is broken', 3: 'nothing is broken, but something is still in flight' },
  })
    .addOption(new Option('--wait <duration>', 'wait this long at most until nothing is in flight').argParser(duration).default(0, 'not at all'))
    .action(async ({ wait, json }: Options, command: Command) => {
      const platform = platformOf(command, context);
      const { openLedger } = await import('@tradewind/embedded/ledger.ts'); // it takes a while: not for a line of help
      const opened = await openLedger(platform);
      const shown = progress(context.screen);
      try {
        const verdict = await untilSettled(async () => {
          const judged = await opened.verdict();
          if (wait > 0) shown.show(`in flight ${number(judged.inFlight)}`);
          return judged;
        }, { clock: systemClock, waitMs: wait });
        shown.end();
        write(context, json, verdict, () => print(verdict));
        context.exit(exitCode(verdict));
      } finally {
        await opened.close();
      }
    });
}
