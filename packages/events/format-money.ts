import { decimalsOf } from './decimals.ts';
import type { Money } from './money.ts';

/** `EUR 12.05` for 1205 cents: an amount for people to read, made without floating point. */
export function formatMoney({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency);
  if (decimals === 0) return `${currency} ${amount}`;
  const digits = String(amount).padStart(decimals + 1, '0');
  return `${currency} ${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
