import type { RunOptions } from './run.ts';

const IDS = '/acknowledged';

/** `tradewind ledger check` as a Job, which finds the ids of acknowledged orders where they are put. @param wait as `60s` @param options more of the command's */
export function ledgerErrand(ids: readonly string[] | undefined, wait: string, ...options: string[]): { cronJob: 'ledger'; args: string[] } & Pick<RunOptions, 'files'> {
  const args = ['ledger', 'check', '--wait', wait, ...options];
  if (ids === undefined) return { cronJob: 'ledger', args };
  return { cronJob: 'ledger', args: [...args, '--acknowledged', `${IDS}/ids`], files: { at: IDS, texts: { ids: ids.join('\n') } } };
}
