import type { Command } from 'commander';
import { at, withApi } from '../../api.ts';
import { verb } from '../../manual.ts';
import { paint } from '../../paint.ts';
import { write, type Context } from '../../terminal.ts';
import { orderText, type Order } from './order.ts';

/** `tradewind orders get` */
export function get(parent: Command, context: Context): void {
  verb(parent, 'get <order>', {
    summary: 'show an order as it stands',
    examples: ['orders get 7f3a', "orders get 7f3a --json | jq -r .status"],
    exits: { 0: 'shown' },
  }).action((orderId: string, { json }: { json?: true }, command: Command) => withApi(command, context, async (api) => {
    const order = await api.ask<Order>({ method: 'GET', path: at`/orders/${orderId}` });
    write(context, json, order, () => paint(context, orderText(order)));
  }));
}
