import type { RunOptions } from './run.ts';

const IDS = '/acknowledged';
/** A ConfigMap has room for a mebibyte. */
const PART_CHARACTERS = 900_000;

/** `tradewind ledger check` as a Job, which finds the ids of acknowledged orders where they are put. @param wait as `60s` @param options more of the command's */
export function ledgerErrand(ids: readonly string[] | undefined, wait: string, ...options: string[]): { cronJob: 'ledger'; args: string[] } & Pick<RunOptions, 'files'> {
  const args = ['ledger', 'check', '--wait', wait, ...options];
  if (ids === undefined) return { cronJob: 'ledger', args };
  const texts = Object.fromEntries(parts(ids).map((part, index) => [`ids-${index}`, part.join('\n')]));
  return { cronJob: 'ledger', args: [...args, '--acknowledged', ...Object.keys(texts).map((name) => `${IDS}/${name}`)], files: { at: IDS, texts } };
}

function parts(ids: readonly string[]): string[][] {
  let part: string[] = [];
  let room = PART_CHARACTERS;
  const found = [part];
  for (const id of ids) {
    room -= id.length + 1;
    if (room < 0) {
      found.push(part = []);
      room = PART_CHARACTERS - id.length - 1;
    }
    part.push(id);
  }
  return found;
}
