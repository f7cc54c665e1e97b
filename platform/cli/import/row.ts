import { id, quantity } from '@tradewind/events/ids.ts';
import type { Money } from '@tradewind/events/money.ts';
import { parseMoney } from '@tradewind/events/parse-money.ts';

export const COLUMNS = ['placedAt', 'orderId', 'customerId', 'productId', 'quantity', 'unitPrice'] as const;
export type Fields = Record<(typeof COLUMNS)[number], string>;

/** One line of an order, as the file has it. */
export interface Row {
  /** Epoch milliseconds. */
  placedAt: number;
  orderId: string;
  customerId: string;
  productId: string;
  quantity: number;
  unitPrice: Money;
}

/** @returns the row, or what is wrong with its first field that does not fit. */
export function rowOf(fields: Fields, currency: string): Row | string {
  const placedAt = instant(fields.placedAt);
  const unitPrice = parseMoney(fields.unitPrice, currency);
  if (placedAt === undefined) return wrong(fields, 'placedAt', 'a time such as 2026-05-01T10:00:00Z');
  for (const column of ['orderId', 'customerId', 'productId'] as const)
    if (!id.safeParse(fields[column]).success) return wrong(fields, column, 'an id: 1 to 64 letters, digits, - _ . and no dot first');
  if (!/^\d+$/.test(fields.quantity) || !quantity.safeParse(Number(fields.quantity)).success) return wrong(fields, 'quantity', 'a whole number from 1 to 10,000');
  if (!unitPrice) return wrong(fields, 'unitPrice', `an amount in ${currency} such as 12.50`);
  const { orderId, customerId, productId } = fields;
  return { placedAt, orderId, customerId, productId, quantity: Number(fields.quantity), unitPrice };
}

function wrong(fields: Fields, column: keyof Fields, must: string): string {
  return `${column} ${JSON.stringify(fields[column].slice(0, 80))} is not ${must}`;
}

/** RFC 3339, with a space for the T, without seconds or time of day too; UTC where no zone stands. */
function instant(text: string): number | undefined {
  const [, date, time = '00:00', seconds = ':00', hours, minutes = '00'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?(?:Z|([+-]\d{2})(?::?(\d{2}))?)?)?$/.exec(text) ?? [];
  if (date === undefined) return undefined;
  const at = Date.parse(`${date}T${time}${seconds}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(at) ? undefined : at;
}
