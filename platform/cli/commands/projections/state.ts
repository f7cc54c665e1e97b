import { Argument } from 'commander';
import type { Api } from '../../api.ts';
import { counted, number } from '../../figures.ts';

/** Read models that are folded from the log; each is a consumer group of this name. */
export const NAMES = ['order-history'];

export const projection = (): Argument => new Argument('<projection>', 'its name').choices(NAMES);

interface Sum { counts: { orders: Record<string, number> }; entries: number; digest: string }
export interface Comparison { equal: boolean; live: Sum; candidate: Sum; differing: number; examples: string[] }
export interface Generation { name: 'live' | 'candidate' | 'retired'; orders: number; records: number }

/** As the platform says it. */
export interface Rebuild {
  state: 'never' | 'running' | 'differs' | 'failed' | 'done' | 'discarding' | 'discarded';
  records: number;
  total: number;
  startedAt?: string;
  endedAt?: string;
  error?: { code: string; detail: string };
  comparison?: Comparison;
}

export const path = '/history/rebuild';

export function rebuildState(api: Api): Promise<Rebuild & { generations: Generation[] }> {
  return api.ask({ method: 'GET', path });
}

export function underWay({ state }: Rebuild): boolean {
  return state === 'running' || state === 'discarding';
}

/** What became of it, in a line, and what the comparison says. */
export function told({ state, records, error, comparison }: Rebuild): string {
  const why = error ? `  ${error.detail} (${error.code})` : '';
  return [`${state}  ${counted(records, 'record')}${why}`, ...comparison ? compared(comparison) : []].join('\n');
}

function compared({ equal, live, candidate, differing, examples }: Comparison): string[] {
  if (equal) return [`compared  equal: ${summed(live)}`];
  const more = differing > examples.length ? ', …' : '';
  return [`live      ${summed(live)}`, `new       ${summed(candidate)}`, `different ${counted(differing, 'order')}${examples.length > 0 ? `: ${examples.join(', ')}${more}` : ''}`];
}

function summed({ counts: { orders }, entries, digest }: Sum): string {
  return `${Object.entries(orders).map(([status, count]) => `${number(count)} ${status}`).join(', ')}, ${counted(entries, 'audit entry').replace(/entrys$/, 'entries')}, digest ${digest}`;
}
