import type { Client, Reply } from '@tradewind/client/client.ts';
import { each } from '@tradewind/client/each.ts';
import type { Customer, Product, Workload } from './workload.ts';

const WIDTH = 48;
const CURRENCY = 'EUR';

/** @param run name of this run: stock is delivered once a run. @param progress told how many are done, of how many. */
export async function register(
  client: Client, { products, customers }: Workload, run: string, progress: (done: number, of: number) => void,
): Promise<void> {
  let done = 0;
  const of = products.length + customers.length;
  const count = () => progress(done += 1, of);
  await each(products, WIDTH, async (product) => {
    await registerProduct(client, product, run);
    count();
  });
  await each(customers, WIDTH, async (customer) => {
    await registerCustomer(client, customer);
    count();
  });
}

async function registerProduct(client: Client, { productId, name, price, stock }: Product, run: string): Promise<void> {
  const registered = await client.send({
    method: 'POST', path: '/products', key: `demo-register-${productId}-${run}`,
    body: { productId, name, price: { amount: price, currency: CURRENCY } },
  });
  expectStatus(registered, [201, 409]);
  await receive(client, productId, stock, `${run}-opening`);
}

/** A delivery: `quantity` units of a product, once per `reference`. */
export async function receive(client: Client, productId: string, quantity: number, reference: string): Promise<void> {
  expectStatus(await client.send({
    method: 'POST', path: `/products/${productId}/stock`, key: `demo-stock-${productId}-${reference}`, body: { quantity },
  }), [200, 201, 202]);
}

/** A customer of an earlier run has spent some credit: the limit grows by it, so that every run begins alike. */
async function registerCustomer(client: Client, { customerId, name, creditLimit }: Customer): Promise<void> {
  const registered = await client.send({
    method: 'POST', path: '/customers', key: `demo-register-${customerId}`,
    body: { customerId, name, creditLimit: { amount: creditLimit, currency: CURRENCY } },
  });
  expectStatus(registered, [201, 409]);
  if (registered.status === 201 && registered.headers['idempotent-replay'] === undefined) return;
  const known = await client.send({ method: 'GET', path: `/customers/${customerId}` });
  expectStatus(known, [200]);
  const { available, creditLimit: limit } = known.body as { available: { amount: number }; creditLimit: { amount: number } };
  if (available.amount === creditLimit) return;
  expectStatus(await client.send({
    method: 'PUT', path: `/customers/${customerId}/credit-limit`, key: `demo-limit-${customerId}-${limit.amount - available.amount + creditLimit}`,
    body: { creditLimit: { amount: limit.amount - available.amount + creditLimit, currency: CURRENCY } },
  }), [200]);
}

export function expectStatus(reply: Reply, wanted: number[]): void {
  if (!wanted.includes(reply.status))
    throw new Error(`the platform answered ${reply.status}: ${JSON.stringify(reply.body)}`);
}
