import type { Clock } from '@tradewind/chassis/clock.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import { route, type Caller, type IdempotencyKey, type Request, type Response, type Route } from '@tradewind/chassis/http/route.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { AnswerOnce } from '@tradewind/event-store/answer-once.ts';
import type { Answer, EventStore } from '@tradewind/event-store/port.ts';
import { customerId, orderId, productId, quantity } from '@tradewind/events/ids.ts';
import { z } from 'zod';
import { MOST_LINES } from '../domain/order.ts';
import type { LoadedOrder, Orders } from '../orders.ts';
import type { Prices } from './prices.ts';
import { causeOf, orderHeaders, orderResponse, orderView } from './views.ts';

interface Parts { orders: Orders; prices: Prices; store: EventStore; clock: Clock; random: Random }

const newOrder = z.strictObject({
  orderId: orderId.optional().meta({ description: 'For imports; left out, one is made.' }),
  customerId: customerId.optional().meta({ description: 'Whose order; a customer may leave it out, an operator may not.' }),
  paymentMethod: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/).meta({ description: 'Such as `card-visa`.' }),
  lines: z.array(z.strictObject({ productId, quantity }).meta({ id: 'NewOrderLine' })).min(1).max(MOST_LINES),
}).meta({ id: 'NewOrder' });

type NewOrder = z.infer<typeof newOrder>;

export function orderRoutes(parts: Parts): Route[] {
  const answers = new AnswerOnce(parts.store);
  return [place(parts, answers), cancel(parts, answers)];
}

function place(parts: Parts, answers: AnswerOnce): Route {
  return route({
    method: 'POST', path: '/orders', operationId: 'placeOrder', summary: 'Place an order, at the prices of now.',
    tag: 'Orders', audience: 'public', roles: ['customer', 'operator'], idempotent: true, body: newOrder,
    responses: { 202: { description: 'Placed; credit, stock and payment are being secured.', schema: orderView, headers: orderHeaders } },
    problems: ['customer-missing', 'product-unknown', 'product-repeated', 'currency-mixed', 'order-too-large', 'order-exists'],
    handle: (request) => {
      const customer = customerOf(request.caller, request.body);
      return answers.run(keyOf(request), parts.clock.now(), (keep) => placed(parts, request, customer, keep));
    },
  });
}

async function placed(
  { orders, prices, random }: Parts, request: Request<unknown, unknown, NewOrder>, customerId: string, keep: (response: Response) => Answer,
): Promise<Response> {
  const { body } = request;
  const orderId = body.orderId ?? random.id();
  const priced = await prices.of(body.lines.map((line) => line.productId), request);
  const lines = body.lines.flatMap((line) => {
    const unitPrice = priced.get(line.productId);
    return unitPrice ? [{ ...line, unitPrice }] : [];
  });
  const answer = (after: LoadedOrder) => orderResponse(202, orderId, after);
  const after = await orders.place(
    { orderId, customerId, paymentMethod: body.paymentMethod, lines }, causeOf(request), (made) => keep(answer(made)));
  return answer(after);
}

function cancel({ orders, clock }: Parts, answers: AnswerOnce): Route {
  return route({
    method: 'POST', path: '/orders/{orderId}/cancel', operationId: 'cancelOrder', summary: 'Cancel an order before it is confirmed.',
    tag: 'Orders', audience: 'public', roles: ['customer', 'operator'], idempotent: true, params: z.strictObject({ orderId }),
    responses: {
      200: { description: 'It was cancelled before.', schema: orderView, headers: orderHeaders },
      202: { description: 'Cancelled; what was secured for it is being given back.', schema: orderView, headers: orderHeaders },
    },
    problems: ['order-unknown', 'order-already-confirmed'],
    async handle(request) {
      const { params: { orderId }, caller } = request;
      const owner = caller.role === 'customer' ? caller.customerId : undefined;
      return answers.run(keyOf(request), clock.now(), async (keep) => {
        const answer = (after: LoadedOrder, changed: boolean) => orderResponse(changed ? 202 : 200, orderId, after);
        const { after, changed } = await orders.cancel(orderId, owner, causeOf(request), (after, changed) => keep(answer(after, changed)));
        return answer(after, changed);
      });
    },
  });
}

/** A customer orders for themselves; whoever acts for customers says for whom. */
function customerOf(caller: Caller, { customerId }: NewOrder): string {
  if (caller.role === 'customer') {
    if (customerId !== undefined && customerId !== caller.customerId) throw new Problem('forbidden', 'A customer may order for themselves only.');
    return caller.customerId;
  }
  if (customerId === undefined) throw new Problem('customer-missing', 'Say in `customerId` for which customer.');
  return customerId;
}

function keyOf({ idempotency }: Request): IdempotencyKey {
  if (!idempotency) throw new Problem('idempotency-key-missing', 'This needs an Idempotency-Key.');
  return idempotency;
}
