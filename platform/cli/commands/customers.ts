import { randomUUID } from 'node:crypto';
import type { Money } from '@tradewind/events/money.ts';
import { Option, type Command } from 'commander';
import { amount, currency, currencyOption } from '../amount.ts';
import { at, withApi } from '../api.ts';
import { money } from '../figures.ts';
import { group, verb } from '../manual.ts';
import { list } from '../table.ts';
import { write, type Context } from '../terminal.ts';

interface Customer { customerId: string; name: string; creditLimit: Money; available: Money; reserved: Money; used: Money; version: number }

/** `tradewind customers …` */
export function customers(program: Command, context: Context): void {
  const parent = group(program, 'customers', {
    summary: 'register customers, read them, change their credit',
    examples: ['customers register --name Ada --credit-limit 5000', 'customers get c-0001', 'customers credit-limit c-0001 7500'],
  });
  for (const add of [register, get, creditLimit]) add(parent, context);
}

function register(parent: Command, context: Context): void {
  verb(parent, 'register', {
    summary: 'register a customer with a credit limit',
    examples: ['customers register --name "Ada Abara" --credit-limit 5000.00', 'customers register --id c-17 --name Jun --credit-limit 90000 --currency JPY'],
    exits: { 0: 'registered' },
  })
    .requiredOption('--name <name>', 'what they are called')
    .requiredOption('--credit-limit <amount>', 'what they may have ordered and not paid back, such as 5000.00')
    .addOption(currencyOption())
    .option('--id <id>', 'id; left out, one is made')
    .action((options: { name: string; creditLimit: string; currency: string; id?: string; json?: true }, command: Command) => {
      const { name, id, json } = options;
      const body = { name, creditLimit: amount(options.creditLimit, options.currency), ...(id !== undefined && { customerId: id }) };
      return withApi(command, context, async (api) =>
        print(context, json, await api.ask<Customer>({ method: 'POST', path: '/customers', key: randomUUID(), body })));
    });
}

function get(parent: Command, context: Context): void {
  verb(parent, 'get <customer>', {
    summary: 'show a customer and the state of their credit', examples: ['customers get c-0001', 'customers get c-0001 --json'], exits: { 0: 'shown' },
  }).action((id: string, { json }: { json?: true }, command: Command) =>
    withApi(command, context, async (api) => print(context, json, await api.ask<Customer>({ method: 'GET', path: at`/customers/${id}` }))));
}

function creditLimit(parent: Command, context: Context): void {
  verb(parent, 'credit-limit <customer> <amount>', {
    summary: 'set a credit limit, never below what is reserved and used',
    examples: ['customers credit-limit c-0001 7500.00'],
    exits: { 0: 'set' },
  })
    .addOption(new Option('--currency <code>', "ISO 4217 code; left out, the customer's own").argParser(currency))
    .action((id: string, text: string, { json, currency }: { json?: true; currency?: string }, command: Command) =>
      withApi(command, context, async (api) => {
        const { creditLimit: before } = await api.ask<Customer>({ method: 'GET', path: at`/customers/${id}` });
        const body = { creditLimit: amount(text, currency ?? before.currency) };
        print(context, json, await api.ask<Customer>({ method: 'PUT', path: at`/customers/${id}/credit-limit`, body }));
      }));
}

function print(context: Context, json: true | undefined, customer: Customer): void {
  const { customerId, name, creditLimit, available, reserved, used } = customer;
  write(context, json, customer, () => list({
    customer: customerId, name, 'credit limit': money(creditLimit), available: money(available), reserved: money(reserved), used: money(used),
  }));
}
