import type { Store } from '../../shop/http.ts';
import { openPremises, serveShop } from '../../shop/serve.ts';
import { runHandlers } from '../handlers.ts';
import { readBooks } from './books.ts';
import { customers } from './customers.ts';
import { imbalances } from './imbalances.ts';
import { products } from './products.ts';
import { orderSaga } from './saga.ts';

/** The shop on Restate alone, on the data folder it is given: what it keeps is the state of virtual objects. */
const [, , folder = ''] = process.argv;
const { provider, close } = await openPremises(folder);
const [accepted, ended] = [new Set<string>(), new Set<string>()];
const restate = await runHandlers([orderSaga(provider, (orderId) => ended.add(orderId)), customers, products], `${folder}/restate`);
const store: Store = {
  addProduct: async () => undefined, // a product is there with its first delivery
  receive: ({ key, productId, quantity }) => restate.call(`/products/${productId}/receive`, quantity, key),
  addCustomer: (customerId, limit) => restate.call(`/customers/${customerId}/register`, limit),
  async ordersSince(time) {
    await restate.underWay(); // a workflow that has returned may not have ended yet
    return [...(await readBooks(restate)).orders.values()].filter(({ placedAt }) => placedAt > time)
      .map(({ orderId, status, reason, placedAt, settledAt }) => ({ orderId, status, placedAt, ...(reason && { reason }), ...(settledAt !== undefined && { settledAt }) }));
  },
};
await serveShop(store, {
  async start(order) {
    await restate.call(`/orders/${order.orderId}/run/send`, order);
    accepted.add(order.orderId);
  },
  ended: () => ended.size,
}, {
  async check() {
    const calls = await restate.underWay();
    return [...imbalances(await readBooks(restate), accepted), ...(calls === 0 ? [] : [`${calls} calls have not ended`])];
  },
  async stop() {
    await restate.stop();
    await close();
  },
});
