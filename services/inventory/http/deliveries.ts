import type { Clock } from '@tradewind/chassis/clock.ts';
import { name } from '@tradewind/chassis/http/fields.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import { route, type Request, type Response, type Route } from '@tradewind/chassis/http/route.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { AnswerOnce } from '@tradewind/event-store/answer-once.ts';
import type { Act, EventStore } from '@tradewind/event-store/port.ts';
import type { Lineage } from '@tradewind/events/envelope.ts';
import { LARGEST_DELIVERY, productId } from '@tradewind/events/ids.ts';
import { money } from '@tradewind/events/money.ts';
import { z } from 'zod';
import type { ProductCommand } from '../domain/product.ts';
import { catalogueChanged } from '../messaging/broadcast.ts';
import { stamp, type LoadedProduct, type Stock } from '../stock.ts';
import { productView, viewOf } from './views.ts';

interface Parts { stock: Stock; store: EventStore; clock: Clock; random: Random }
type Answers = AnswerOnce;

const registration = z.strictObject({
  productId: productId.optional().meta({ description: 'Left out, one is made.' }), name, price: money,
}).meta({ id: 'NewProduct' });
const delivery = z.strictObject({ quantity: z.int().min(1).max(LARGEST_DELIVERY) }).meta({ id: 'Delivery' });

/** What an operator does: products come into being, and stock arrives. */
export function deliveryRoutes(parts: Parts): Route[] {
  const answers = new AnswerOnce(parts.store);
  return [register(parts, answers), receive(parts, answers)];
}

function register(parts: Parts, answers: Answers): Route {
  return route({
    method: 'POST', path: '/products', operationId: 'registerProduct', summary: 'Register a product at its price, with no stock yet.',
    tag: 'Products', audience: 'public', roles: ['operator'], idempotent: true, body: registration,
    responses: { 201: { description: 'The product.', schema: productView, headers: { location: 'Where the product is.' } } },
    problems: ['product-exists'],
    handle: (request) => {
      const productId = request.body.productId ?? parts.random.id();
      const command = { type: 'RegisterProduct' as const, data: { ...request.body, productId } };
      return change(parts, answers, request, {
        command, status: 201, headers: { location: `/products/${productId}` },
        tasks: (lineage) => [catalogueChanged(productId, stamp(parts, lineage))],
      });
    },
  });
}

function receive(parts: Parts, answers: Answers): Route {
  return route({
    method: 'POST', path: '/products/{productId}/stock', operationId: 'receiveStock', summary: 'Units arrived and can be ordered.',
    tag: 'Products', audience: 'public', roles: ['operator'], idempotent: true, params: z.strictObject({ productId }), body: delivery,
    responses: { 200: { description: 'The product with its new stock.', schema: productView } }, problems: ['product-unknown'],
    handle: (request) => {
      const data = { productId: request.params.productId, quantity: request.body.quantity };
      return change(parts, answers, request, { command: { type: 'ReceiveStock', data }, status: 200 });
    },
  });
}

interface Change {
  command: ProductCommand;
  status: number;
  headers?: Record<string, string>;
  tasks?: (lineage: Lineage) => Act['tasks'];
}

/** The events, what they set off, and the answer under the request's key: all or none. */
async function change({ stock, clock }: Parts, answers: Answers, request: Request, { command, status, headers = {}, tasks }: Change): Promise<Response> {
  const { idempotency, requestId, traceparent } = request;
  if (!idempotency) throw new Problem('idempotency-key-missing', 'This needs an Idempotency-Key.');
  const { productId } = command.data;
  const lineage = { correlationid: productId, causationid: requestId, ...(traceparent !== undefined && { traceparent }) };
  const answer = (after: LoadedProduct): Response => ({ status, headers, body: viewOf(productId, after) });
  return answers.run(idempotency, clock.now(), async (keep) => {
    const more = tasks?.(lineage);
    return answer(await stock.change(command, lineage, (after) => ({ answer: keep(answer(after)), ...(more && { tasks: more }) })));
  });
}
