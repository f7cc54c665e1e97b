import { Problem } from '@tradewind/chassis/http/problem.ts';
import { id } from '@tradewind/events/ids.ts';
import type { Cursor } from '../model/port.ts';

/** A place in the list as text that callers hand back unread. */
export function encodeCursor({ at, kind, orderId }: Cursor): string {
  return Buffer.from(`n1.${at}.${kind}.${orderId}`).toString('base64url');
}

/**
 * Only what `encodeCursor` makes; that it says where to go on, and nothing else, is why it needs no signature.
 * @throws Problem `cursor-invalid`
 */
export function decodeCursor(text: string): Cursor {
  const pattern = /^n1\.(0|[1-9]\d{0,14})\.(order-confirmed|order-cancelled)\.(.+)$/;
  const [, time = '', kind = '', orderId = ''] = pattern.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  const cursor = { at: Number(time), kind: kind as Cursor['kind'], orderId };
  if (kind === '' || !id.safeParse(orderId).success || encodeCursor(cursor) !== text)
    throw new Problem('cursor-invalid', 'Send a cursor as it came in `nextCursor`, or none.');
  return cursor;
}
