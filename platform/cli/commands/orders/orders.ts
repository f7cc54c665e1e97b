import type { Command } from 'commander';
import { group } from '../../manual.ts';
import type { Context } from '../../terminal.ts';
import { cancel } from './cancel.ts';
import { get } from './get.ts';
import { importOrders } from './import.ts';
import { list } from './list.ts';
import { place } from './place.ts';
import { watch } from './watch.ts';

/** `tradewind orders …` */
export function orders(program: Command, context: Context): void {
  const parent = group(program, 'orders', {
    summary: 'place, read, follow, cancel and import orders',
    examples: [
      'orders place --customer c-0001 --line p-0001:2 --watch', 'orders list --status cancelled', 'orders import history.csv --speed max',
    ],
  });
  for (const register of [place, get, watch, cancel, list, importOrders]) register(parent, context);
}
