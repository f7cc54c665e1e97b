import { Option, type Command } from 'commander';
import { withApi } from '../../api.ts';
import { money } from '../../figures.ts';
import { verb } from '../../manual.ts';
import { pages } from '../../pages.ts';
import { paint } from '../../paint.ts';
import { table } from '../../table.ts';
import { write, type Context } from '../../terminal.ts';
import { wholeNumber } from '../../whole-number.ts';
import { because, type Order } from './order.ts';

interface Options { customer?: string; status?: string; after?: string; before?: string; limit: number; json?: true }

/** `tradewind orders list` */
export function list(parent: Command, context: Context): void {
  verb(parent, 'list', {
    summary: 'list orders, newest first',
    examples: ['orders list', 'orders list --customer c-0001 --status cancelled', 'orders list --after 2026-11-01T00:00:00Z --limit 500 --json'],
    exits: { 0: 'listed, even where there is none' },
  })
    .option('--customer <id>', "this customer's only")
    .addOption(new Option('--status <status>', 'in this status only').choices(['placed', 'confirmed', 'cancelled']))
    .option('--after <time>', 'placed after this instant (RFC 3339)')
    .option('--before <time>', 'placed before this instant')
    .addOption(new Option('--limit <n>', 'how many at most').argParser(wholeNumber(1, 10_000)).default(20))
    .action(({ customer, status, after, before, limit, json }: Options, command: Command) => withApi(command, context, async (api) => {
      const query = { customerId: customer, status, placedAfter: after, placedBefore: before };
      const orders = await pages<Order>(api, '/orders', query, limit);
      write(context, json, orders, () => paint(context, table(
        ['ORDER', 'CUSTOMER', 'STATUS', 'SAGA', 'TOTAL', 'PLACED'],
        orders.map((each) => [each.orderId, each.customerId, because(each.status, each.reason), each.saga ?? '', money(each.total), each.placedAt]),
      )));
    }));
}
