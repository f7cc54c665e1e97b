import { DBOS } from '@dbos-inc/dbos-sdk';
import express, { type Express, type Request } from 'express';
import type pg from 'pg';
import type { NewOrder } from './saga.ts';

interface Body { orderId: string; customerId: string; paymentMethod: string; lines: { productId: string; quantity: number }[] }
interface Listed { order_id: string; status: string; reason: string | null; placed_at: Date; settled_at: Date | null }

/** The endpoints that the load needs, spoken as the platform speaks them. */
export function shop(pool: pg.Pool, saga: (order: NewOrder) => Promise<unknown>): Express {
  const prices = new Map<string, number>();
  let ended = 0;
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json());

  app.post('/orders', async (request: Request<object, unknown, Body>, response) => {
    const { orderId, customerId, paymentMethod, lines } = request.body;
    const order: NewOrder = {
      orderId, customerId, paymentMethod, placedAt: Date.now(),
      total: lines.reduce((sum, { productId, quantity }) => sum + (prices.get(productId) ?? NaN) * quantity, 0),
      productIds: lines.map((line) => line.productId), quantities: lines.map((line) => line.quantity),
    };
    const handle = await DBOS.startWorkflow(saga, { workflowID: request.header('idempotency-key') ?? orderId })(order);
    void handle.getResult().then(() => { ended += 1; });
    response.status(202).json({ orderId, status: 'placed', total: { amount: order.total, currency: 'EUR' } });
  });

  app.get('/history/counts', (_request, response) => void response.json({ sagas: { ended } }));

  app.get('/orders', async (request, response) => {
    const { rows } = await pool.query<Listed>('select * from orders where placed_at > $1', [request.query.placedAfter]);
    response.json({ items: rows.map((row) => ({
      orderId: row.order_id, status: row.status, placedAt: row.placed_at, ...(row.reason && { reason: row.reason }), ...(row.settled_at && { settledAt: row.settled_at }),
    })) });
  });

  app.post('/products', async (request: Request<object, unknown, { productId: string; price: { amount: number } }>, response) => {
    const { productId, price } = request.body;
    await pool.query('insert into products (product_id, price) values ($1, $2) on conflict do nothing', [productId, price.amount]);
    prices.set(productId, price.amount);
    response.status(201).end();
  });

  app.post('/products/:productId/stock', async (request: Request<{ productId: string }, unknown, { quantity: number }>, response) => {
    await pool.query(
      `with new as (insert into deliveries values ($1, $2, $3) on conflict do nothing returning product_id, quantity)
       update products p set received = received + quantity from new where p.product_id = new.product_id`,
      [request.header('idempotency-key'), request.params.productId, request.body.quantity]);
    response.status(200).end();
  });

  app.post('/customers', async (request: Request<object, unknown, { customerId: string; creditLimit: { amount: number } }>, response) => {
    const { customerId, creditLimit } = request.body;
    await pool.query('insert into customers (customer_id, credit_limit) values ($1, $2) on conflict do nothing', [customerId, creditLimit.amount]);
    response.status(201).end();
  });
  return app;
}
