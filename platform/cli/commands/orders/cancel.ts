import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { at, withApi } from '../../api.ts';
import { verb } from '../../manual.ts';
import { paint } from '../../paint.ts';
import { write, type Context } from '../../terminal.ts';

/** `tradewind orders cancel` */
export function cancel(parent: Command, context: Context): void {
  verb(parent, 'cancel <order>', {
    summary: 'cancel an order before it is confirmed',
    description: 'Cancels an order; what was secured for it is given back. One that is confirmed stays as it is.',
    examples: ['orders cancel 7f3a'],
    exits: { 0: 'cancelled, now or before' },
  }).action((orderId: string, { json }: { json?: true }, command: Command) => withApi(command, context, async (api) => {
    const order = await api.ask<{ orderId: string; status: string }>({ method: 'POST', path: at`/orders/${orderId}/cancel`, key: randomUUID() });
    write(context, json, order, () => paint(context, `${order.orderId}  ${order.status}`));
  }));
}
