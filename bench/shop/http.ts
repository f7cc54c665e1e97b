import express, { type Express, type Request } from 'express';
import type { NewOrder } from './saga.ts';

/** What the shop keeps, wherever a peer keeps it. Times are epoch ms, amounts minor units. */
export interface Store {
  addProduct(productId: string, price: number): Promise<void>;
  /** Adds stock, once a key. */
  receive(delivery: { key: string; productId: string; quantity: number }): Promise<void>;
  addCustomer(customerId: string, limit: number): Promise<void>;
  ordersSince(time: number): Promise<{ orderId: string; status: string; reason?: string; placedAt: number; settledAt?: number }[]>;
}

/** What runs the sagas. */
export interface Engine {
  /** Resolves when the saga is durably started; once a key. */
  start(order: NewOrder, key: string): Promise<void>;
  /** How many have ended. */
  ended(): number;
}

interface Body { orderId: string; customerId: string; paymentMethod: string; lines: { productId: string; quantity: number }[] }

/** The endpoints that the load needs, spoken as the platform speaks them. */
export function shop(store: Store, engine: Engine): Express {
  const prices = new Map<string, number>();
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
    await engine.start(order, request.header('idempotency-key') ?? orderId);
    response.status(202).json({ orderId, status: 'placed', total: { amount: order.total, currency: 'EUR' } });
  });

  app.get('/history/counts', (_request, response) => void response.json({ sagas: { ended: engine.ended() } }));

  app.get('/orders', async (request, response) => {
    const orders = await store.ordersSince(Date.parse(String(request.query.placedAfter)));
    response.json({ items: orders.map(({ placedAt, settledAt, ...order }) => ({
      ...order, placedAt: new Date(placedAt), ...(settledAt !== undefined && { settledAt: new Date(settledAt) }),
    })) });
  });

  app.post('/products', async (request: Request<object, unknown, { productId: string; price: { amount: number } }>, response) => {
    const { productId, price } = request.body;
    await store.addProduct(productId, price.amount);
    prices.set(productId, price.amount);
    response.status(201).end();
  });

  app.post('/products/:productId/stock', async (request: Request<{ productId: string }, unknown, { quantity: number }>, response) => {
    await store.receive({ key: request.header('idempotency-key') ?? '', productId: request.params.productId, quantity: request.body.quantity });
    response.status(200).end();
  });

  app.post('/customers', async (request: Request<object, unknown, { customerId: string; creditLimit: { amount: number } }>, response) => {
    const { customerId, creditLimit } = request.body;
    await store.addCustomer(customerId, creditLimit.amount);
    response.status(201).end();
  });
  return app;
}
