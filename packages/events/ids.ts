import { z } from 'zod';

/** What every id looks like on the wire: letters, digits, `-`, `_`, `.`; no dot first, 64 at most. */
export const id = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/);

export const orderId = id.meta({ description: 'Order id.' });
export const customerId = id.meta({ description: 'Customer id.' });
export const productId = id.meta({ description: 'Product id.' });

/** Units of one product in one order. */
export const quantity = z.int().min(1).max(10_000);

/** Units of one product in one delivery, at most. */
export const LARGEST_DELIVERY = 1_000_000;

/** Names of the streams, in one place so that readers of the log and the ledger agree with writers. */
export const stream = {
  order: (order: string) => `order-${order}`,
  saga: (order: string) => `saga-${order}`,
  customer: (customer: string) => `customer-${customer}`,
  product: (product: string) => `product-${product}`,
  reservation: (order: string) => `reservation-${order}`,
  payment: (order: string) => `payment-${order}`,
} as const;
