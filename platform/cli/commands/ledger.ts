import { readFileSync } from 'node:fs';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { progress } from '@tradewind/client/progress.ts';
import { print } from '@tradewind/ledger/print.ts';
import { exitCode } from '@tradewind/ledger/verdict.ts';
import { untilSettled } from '@tradewind/ledger/wait.ts';
import { ledgerErrand } from '@tradewind/kubernetes/job/ledger.ts';
import { Option, type Command } from 'commander';
import { duration } from '../duration.ts';
import { number } from '../figures.ts';
import { group, verb } from '../manual.ts';
import { inCluster } from '../in-cluster.ts';
import { placeOf } from '../place.ts';
import { reachFrom } from '../reach.ts';
import { UserError, write, type Context } from '../terminal.ts';

interface Options { wait: number; acknowledged?: string[]; json?: true }

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
    .option('--acknowledged <file...>', 'ids of orders that a client was told were accepted, one a line: each must be there')
    .action(async ({ wait, acknowledged, json }: Options, command: Command) => {
      const place = placeOf(command, context);
      const ids = acknowledged?.flatMap(idsIn);
      if (place.type === 'kubernetes') return inCluster(place.cluster, ledgerErrand(ids, `${wait}ms`, ...(json ? ['--json'] : [])), context);
      const { openLedger } = await import('@tradewind/embedded/ledger.ts'); // it takes a while: not for a line of help
      const opened = await openLedger(await reachFrom(place, context.env));
      const shown = progress(context.screen);
      try {
        const verdict = await untilSettled(async () => {
          const judged = await opened.verdict(ids && (() => ids));
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

function idsIn(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').map((line) => line.trim()).filter(Boolean);
  } catch {
    throw new UserError(`${file} cannot be read`);
  }
}
