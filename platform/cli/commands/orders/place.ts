import { randomUUID } from 'node:crypto';
import { quantity as units } from '@tradewind/events/ids.ts';
import type { Money } from '@tradewind/events/money.ts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { withApi } from '../../api.ts';
import { money } from '../../figures.ts';
import { verb } from '../../manual.ts';
import { write, type Context } from '../../terminal.ts';
import { paint } from '../../paint.ts';
import { follow, OUTCOMES, waitOption } from './watch.ts';

interface Line { productId: string; quantity: number }
interface Options { customer: string; line: Line[]; paymentMethod: string; id?: string; key?: string; watch?: true; wait?: number; json?: true }
interface Accepted { orderId: string; status: string; version: number; total: Money }

/** `tradewind orders place` */
export function place(parent: Command, context: Context): void {
  verb(parent, 'place', {
    summary: 'place an order, at the prices of now',
    description: 'Places an order. It is accepted at once; credit, stock and payment are secured afterwards: see `orders watch`.',
    examples: [
      'orders place --customer c-0001 --line p-0001:2 --line p-0002',
      'orders place --customer c-0001 --line p-0001:2 --payment-method card-declined --wait 30s',
      'orders place --customer c-0001 --line p-0001 --key my-first     # again with the same key: the same order',
    ],
    exits: { ...OUTCOMES('with --watch: '), 0: 'placed; with --watch: confirmed' },
  })
    .requiredOption('--customer <id>', 'whose order')
    .addOption(new Option('--line <product[:quantity]>', 'what is ordered; repeat it for each product').argParser(line).makeOptionMandatory())
    .option('--payment-method <name>', 'how it is paid; card-declined, card-slow, card-late, card-twice, card-unavailable show what goes wrong', 'card-ok')
    .option('--id <order>', 'id of the order; left out, one is made')
    .option('--key <key>', 'idempotency key; left out, each call places an order')
    .option('--watch', 'follow it until its saga has ended')
    .addOption(waitOption().implies({ watch: true }))
    .action(({ customer, line: lines, paymentMethod, id, key = randomUUID(), watch, wait, json }: Options, command: Command) =>
      withApi(command, context, async (api) => {
        const body = { customerId: customer, paymentMethod, lines, ...(id !== undefined && { orderId: id }) };
        const accepted = await api.ask<Accepted>({ method: 'POST', path: '/orders', key, body });
        const text = () => paint(context, `${accepted.orderId}  ${accepted.status}  ${money(accepted.total)}`);
        if (!watch) return write(context, json, accepted, text);
        context.out(json ? JSON.stringify(accepted) : text());
        await follow(api, context, { orderId: accepted.orderId, json, waitMs: wait, appearsWithinMs: Infinity });
      }));
}

function line(text: string, before: Line[] = []): Line[] {
  const [, productId, quantity = '1'] = /^([^:]+)(?::(\d{1,9}))?$/.exec(text) ?? [];
  if (productId === undefined || !units.safeParse(Number(quantity)).success) throw new InvalidArgumentError('Write it as PRODUCT or PRODUCT:QUANTITY, up to 10,000 of each.');
  return [...before, { productId, quantity: Number(quantity) }];
}
