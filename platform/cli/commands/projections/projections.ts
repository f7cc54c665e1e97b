import type { Command } from 'commander';
import { group } from '../../manual.ts';
import type { Context } from '../../terminal.ts';
import { list } from './list.ts';
import { discard, dropOld } from './drop.ts';
import { rebuild, rollback, switchTo } from './rebuild.ts';

/** `tradewind projections …` */
export function projections(program: Command, context: Context): void {
  const parent = group(program, 'projections', {
    summary: 'read models: how far they are behind; rebuild them from the log, and go back',
    examples: ['projections list', 'projections rebuild order-history', 'projections switch order-history --accept-differences', 'projections rollback order-history'],
  });
  for (const add of [list, rebuild, switchTo, rollback, discard, dropOld]) add(parent, context);
}
