import { Problem } from '@tradewind/chassis/http/problem.ts';
import { id } from '@tradewind/events/ids.ts';

const MARK = 'product:';

/** Where the next page goes on: after this product. */
export function cursorAfter(productId: string): string {
  return Buffer.from(`${MARK}${productId}`).toString('base64url');
}

/** @throws Problem `cursor-invalid` */
export function productOf(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const productId = text.slice(MARK.length);
  if (!text.startsWith(MARK) || !id.safeParse(productId).success || cursorAfter(productId) !== cursor)
    throw new Problem('cursor-invalid', 'Send a cursor as it came in `nextCursor`, or none.');
  return productId;
}
