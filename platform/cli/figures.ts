import { formatMoney } from '@tradewind/events/format-money.ts';
import type { Money } from '@tradewind/events/money.ts';

/** `1,250` */
export function number(value: number): string {
  return value.toLocaleString('en');
}

/** `1 order`, `2,000 orders` */
export function counted(value: number, what: string): string {
  return `${number(value)} ${what}${value === 1 ? '' : 's'}`;
}

/** `EUR 1,250.00`: not for what is read back. */
export function money(value: Money): string {
  return formatMoney(value).replace(/\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
}
