import { object, type ObjectContext } from '@restatedev/restate-sdk';

/** `received` is never less than what is reserved and sold. */
export interface Stock { received: number; reserved: number; sold: number }

type Context = ObjectContext<{ stock: Stock }>;

async function stockOf(ctx: Context): Promise<Stock> {
  return await ctx.get('stock') ?? { received: 0, reserved: 0, sold: 0 };
}

/** A virtual object a product. */
export const products = object({
  name: 'products',
  handlers: {
    async receive(ctx: Context, quantity: number): Promise<void> {
      const stock = await stockOf(ctx);
      ctx.set('stock', { ...stock, received: stock.received + quantity });
    },
    async reserve(ctx: Context, quantity: number): Promise<boolean> {
      const stock = await stockOf(ctx);
      if (stock.received - stock.reserved - stock.sold < quantity) return false;
      ctx.set('stock', { ...stock, reserved: stock.reserved + quantity });
      return true;
    },
    async release(ctx: Context, quantity: number): Promise<void> {
      const stock = await stockOf(ctx);
      ctx.set('stock', { ...stock, reserved: stock.reserved - quantity });
    },
    async sell(ctx: Context, quantity: number): Promise<void> {
      const stock = await stockOf(ctx);
      ctx.set('stock', { ...stock, reserved: stock.reserved - quantity, sold: stock.sold + quantity });
    },
  },
  options: { journalRetention: 0 },
});
