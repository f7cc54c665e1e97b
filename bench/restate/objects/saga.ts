import { RestatePromise, workflow, type WorkflowContext } from '@restatedev/restate-sdk';
import type { PaymentProvider } from '@tradewind/payments/provider/port.ts';
import type { NewOrder, Outcome } from '../../shop/saga.ts';
import { customers } from './customers.ts';
import { products } from './products.ts';

/** What an order's workflow keeps in its state, and leaves there when it has ended. */
export interface Order extends NewOrder {
  status: 'placed' | Outcome;
  reason?: 'credit-rejected' | 'stock-rejected' | 'payment-declined';
  /** Epoch ms. */
  settledAt?: number;
}

type Context = WorkflowContext<{ order: Order }>;

/**
 * The saga as a workflow that asks virtual objects, once an order; a refusal gives back what was held, the latest first.
 * @param ended told when an order's workflow returns; again where the server has it run once more.
 */
export function orderSaga(provider: PaymentProvider, ended: (orderId: string) => void) {
  return workflow({
    name: 'orders',
    handlers: {
      async run(ctx: Context, order: NewOrder): Promise<Outcome> {
        ctx.set('order', { ...order, status: 'placed' });
        const settled = await settle(ctx, order, provider);
        ctx.set('order', { ...order, ...settled });
        ended(order.orderId);
        return settled.status;
      },
    },
  });
}

type Settled = Pick<Order, 'reason' | 'settledAt'> & { status: Outcome };

async function settle(ctx: Context, order: NewOrder, provider: PaymentProvider): Promise<Settled> {
  const { orderId, customerId, paymentMethod, total, productIds, quantities } = order;
  const customer = ctx.objectClient(customers, customerId);
  const lines = productIds.map((id, at) => ({ product: ctx.objectClient(products, id), quantity: quantities[at] ?? NaN }));

  if (!(await customer.reserve(total))) return cancelled(ctx, 'credit-rejected');
  const reserved = await RestatePromise.all(lines.map(({ product, quantity }) => product.reserve(quantity)));
  const held = lines.filter((_, at) => reserved[at]);
  const giveBack = async () => {
    await RestatePromise.all(held.map(({ product, quantity }) => product.release(quantity)));
    await customer.release(total);
  };
  if (held.length < lines.length) {
    await giveBack();
    return cancelled(ctx, 'stock-rejected');
  }
  const { taken, at } = await ctx.run('take-payment', async () => {
    const { status } = await provider.charge({ key: `payment-${orderId}`, orderId, amount: { amount: total, currency: 'EUR' }, paymentMethod });
    return { taken: status === 'taken', at: Date.now() };
  });
  if (!taken) {
    await giveBack();
    return cancelled(ctx, 'payment-declined');
  }
  await RestatePromise.all([customer.use(total), ...lines.map(({ product, quantity }) => product.sell(quantity))]);
  return { status: 'confirmed', settledAt: at };
}

async function cancelled(ctx: Context, reason: Order['reason']): Promise<Settled> {
  return { status: 'cancelled', reason, settledAt: await ctx.date.now() };
}
