import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Announcement } from '@tradewind/embedded/folder.ts';
import { openLedger } from '@tradewind/embedded/ledger.ts';
import { print } from '@tradewind/ledger/print.ts';

const SETTLE_WITHIN_MS = 180_000;

/**
 * Asks the ledger of a platform that runs in another process, until everything is settled.
 * @param acknowledged every order that a client was told was accepted.
 * @returns whether it holds and nothing is left in flight.
 */
export async function judge(folder: string, acknowledged: Set<string>, say: (line: string) => void): Promise<boolean> {
  const announced = JSON.parse(readFileSync(path.join(folder, 'platform.json'), 'utf8')) as Announcement;
  const ledger = await openLedger(announced);
  try {
    const until = Date.now() + SETTLE_WITHIN_MS;
    let verdict = await ledger.verdict(() => acknowledged);
    while (verdict.holds && verdict.inFlight > 0 && Date.now() < until) {
      await sleep(1_000);
      verdict = await ledger.verdict(() => acknowledged);
    }
    say(print(verdict));
    return verdict.holds && verdict.inFlight === 0;
  } finally {
    await ledger.close();
  }
}
