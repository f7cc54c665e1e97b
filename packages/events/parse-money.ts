import { decimalsOf } from './decimals.ts';
import { LARGEST_AMOUNT, type Money } from './money.ts';

/**
 * `12.05` as people write it, in minor units of the currency (1205 cents), made without floating point.
 * @returns undefined for what is no amount: a sign, a comma, more decimals than the currency has, too much.
 */
export function parseMoney(text: string, currency: string): Money | undefined {
  const [, whole, part = ''] = /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  const decimals = decimalsOf(currency);
  const spare = part.slice(decimals);
  if (whole === undefined || /[^0]/.test(spare)) return undefined;
  const amount = Number(whole + part.slice(0, decimals).padEnd(decimals, '0'));
  return amount <= LARGEST_AMOUNT ? { amount, currency } : undefined;
}
