import { randomUUID } from 'node:crypto';
import { LARGEST_DELIVERY } from '@tradewind/events/ids.ts';
import type { Money } from '@tradewind/events/money.ts';
import { Option, type Command } from 'commander';
import { amount, currencyOption } from '../amount.ts';
import { at, withApi } from '../api.ts';
import { money, number } from '../figures.ts';
import { group, verb } from '../manual.ts';
import { pages } from '../pages.ts';
import { list, table } from '../table.ts';
import { write, type Context } from '../terminal.ts';
import { wholeNumber } from '../whole-number.ts';

interface Product { productId: string; name: string; price: Money; available: number; reserved: number; sold: number; received: number }

/** `tradewind products …` */
export function products(program: Command, context: Context): void {
  const parent = group(program, 'products', {
    summary: 'register products, read them, receive stock',
    examples: ['products register --name Lantern --price 12.50 --stock 100', 'products list', 'products receive p-0001 50'],
  });
  for (const add of [register, get, listAll, receive]) add(parent, context);
}

function register(parent: Command, context: Context): void {
  verb(parent, 'register', {
    summary: 'register a product at its price',
    examples: ['products register --name Lantern --price 12.50', 'products register --id p-17 --name Chart --price 900 --currency JPY --stock 100'],
    exits: { 0: 'registered' },
  })
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--price <amount>', 'of one unit, such as 12.50')
    .addOption(currencyOption())
    .option('--id <id>', 'id; left out, one is made')
    .addOption(new Option('--stock <units>', 'units that are there from the first').argParser(wholeNumber(1, LARGEST_DELIVERY)))
    .action((options: { name: string; price: string; currency: string; id?: string; stock?: number; json?: true }, command: Command) => {
      const { name, id, stock, json } = options;
      const body = { name, price: amount(options.price, options.currency), ...(id !== undefined && { productId: id }) };
      return withApi(command, context, async (api) => {
        const made = await api.ask<Product>({ method: 'POST', path: '/products', key: randomUUID(), body });
        const path = at`/products/${made.productId}/stock`;
        print(context, json, stock === undefined ? made : await api.ask<Product>({ method: 'POST', path, key: randomUUID(), body: { quantity: stock } }));
      });
    });
}

function get(parent: Command, context: Context): void {
  verb(parent, 'get <product>', {
    summary: 'show a product and its stock', examples: ['products get p-0001', 'products get p-0001 --json'], exits: { 0: 'shown' },
  }).action((id: string, { json }: { json?: true }, command: Command) =>
    withApi(command, context, async (api) => print(context, json, await api.ask<Product>({ method: 'GET', path: at`/products/${id}` }))));
}

function listAll(parent: Command, context: Context): void {
  verb(parent, 'list', {
    summary: 'list products by id', examples: ['products list', 'products list --limit 1000 --json'], exits: { 0: 'listed, even where there is none' },
  })
    .addOption(new Option('--limit <n>', 'how many at most').argParser(wholeNumber(1, 10_000)).default(50))
    .action(({ limit, json }: { limit: number; json?: true }, command: Command) => withApi(command, context, async (api) => {
      const found = await pages<Product>(api, '/products', {}, limit);
      write(context, json, found, () => table(
        ['PRODUCT', 'NAME', 'PRICE', 'AVAILABLE', 'RESERVED', 'SOLD'],
        found.map((each) => [each.productId, each.name, money(each.price), ...[each.available, each.reserved, each.sold].map(number)]),
      ));
    }));
}

function receive(parent: Command, context: Context): void {
  verb(parent, 'receive <product>', {
    summary: 'units arrived and can be ordered',
    examples: ['products receive p-0001 50', 'products receive p-0001 50 --key delivery-42     # again with the same key: the same delivery'],
    exits: { 0: 'received' },
  })
    .argument('<units>', 'how many', wholeNumber(1, LARGEST_DELIVERY))
    .option('--key <key>', 'idempotency key; left out, each call is a delivery')
    .action((id: string, quantity: number, { key = randomUUID(), json }: { key?: string; json?: true }, command: Command) =>
      withApi(command, context, async (api) =>
        print(context, json, await api.ask<Product>({ method: 'POST', path: at`/products/${id}/stock`, key, body: { quantity } }))));
}

function print(context: Context, json: true | undefined, product: Product): void {
  const { productId, name, price, available, reserved, sold, received } = product;
  write(context, json, product, () => list({
    product: productId, name, price: money(price), available: number(available), reserved: number(reserved), sold: number(sold), received: number(received),
  }));
}
