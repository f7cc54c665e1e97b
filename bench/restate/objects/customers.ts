import { object, type ObjectContext } from '@restatedev/restate-sdk';

/** `limit` is never less than what is reserved and used. */
export interface Credit { limit: number; reserved: number; used: number }

type Context = ObjectContext<{ credit: Credit }>;

async function creditOf(ctx: Context): Promise<Credit> {
  return await ctx.get('credit') ?? { limit: 0, reserved: 0, used: 0 };
}

/** A virtual object a customer. */
export const customers = object({
  name: 'customers',
  handlers: {
    async register(ctx: Context, limit: number): Promise<void> {
      if (!(await ctx.get('credit'))) ctx.set('credit', { limit, reserved: 0, used: 0 });
    },
    async reserve(ctx: Context, amount: number): Promise<boolean> {
      const credit = await creditOf(ctx);
      if (credit.limit - credit.reserved - credit.used < amount) return false;
      ctx.set('credit', { ...credit, reserved: credit.reserved + amount });
      return true;
    },
    async release(ctx: Context, amount: number): Promise<void> {
      const credit = await creditOf(ctx);
      ctx.set('credit', { ...credit, reserved: credit.reserved - amount });
    },
    async use(ctx: Context, amount: number): Promise<void> {
      const credit = await creditOf(ctx);
      ctx.set('credit', { ...credit, reserved: credit.reserved - amount, used: credit.used + amount });
    },
  },
  options: { journalRetention: 0 },
});
