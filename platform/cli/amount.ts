import { formatMoney } from '@tradewind/events/format-money.ts';
import { LARGEST_AMOUNT, type Money } from '@tradewind/events/money.ts';
import { parseMoney } from '@tradewind/events/parse-money.ts';
import { InvalidArgumentError, Option } from 'commander';
import { UserError } from './terminal.ts';

/** Of amounts on the command line. */
export const DEFAULT_CURRENCY = 'EUR';

export function currencyOption(): Option {
  return new Option('--currency <code>', 'ISO 4217 code').argParser(currency).default(DEFAULT_CURRENCY);
}

export function currency(text: string): string {
  if (!/^[A-Z]{3}$/.test(text)) throw new InvalidArgumentError('Write an ISO 4217 code, such as EUR.');
  return text;
}

/** @throws UserError when the text is no amount of that currency. */
export function amount(text: string, currency: string): Money {
  const money = parseMoney(text, currency);
  if (money) return money;
  const [example, largest] = [1_250, LARGEST_AMOUNT].map((amount) => formatMoney({ amount, currency }));
  throw new UserError(`${JSON.stringify(text)} is no amount in ${currency}; write it as ${example?.slice(4)}, up to ${largest}`);
}
