import { productId } from '@tradewind/events/ids.ts';
import { money } from '@tradewind/events/money.ts';
import { z } from 'zod';
import { availableOf } from '../domain/product.ts';
import type { LoadedProduct } from '../stock.ts';

const units = (description: string) => z.int().min(0).meta({ description });

export const productView = z.strictObject({
  productId, name: z.string(), price: money,
  available: units('Units that can be ordered.'), reserved: units('Units set aside for open orders.'),
  sold: units('Units that left with an order.'), received: units('Units that ever arrived.'),
  version: z.int().min(1).meta({ description: "Events in the product's stream so far." }),
}).meta({ id: 'Product' });

export const productPage = z.strictObject({
  items: z.array(productView), nextCursor: z.string().optional().meta({ description: 'Cursor of the next page, where there may be one.' }),
}).meta({ id: 'ProductPage' });

export type ProductView = z.infer<typeof productView>;

/** @returns undefined for a product that nobody registered. */
export function viewOf(productId: string, { state, version }: LoadedProduct): ProductView | undefined {
  if (state.status === 'absent') return undefined;
  const { name, price, reserved, sold, received } = state;
  return { productId, name, price, available: availableOf(state), reserved, sold, received, version };
}
