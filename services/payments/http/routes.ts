import { Problem } from '@tradewind/chassis/http/problem.ts';
import { route, type Route } from '@tradewind/chassis/http/route.ts';
import { orderId } from '@tradewind/events/ids.ts';
import { money } from '@tradewind/events/money.ts';
import { z } from 'zod';
import type { LoadedPayment, Payments } from '../payments.ts';
import { callback } from '../provider/port.ts';

const paymentView = z.strictObject({
  orderId,
  status: z.enum(['taken', 'declined', 'refunded', 'barred']).meta({ description: '`barred`: refunded before it was taken.' }),
  amount: money.optional(), reference: z.string().optional().meta({ description: "The provider's." }), version: z.int().min(1),
}).meta({ id: 'Payment' });

export function paymentRoutes(payments: Payments): Route[] {
  return [get(payments), report(payments)];
}

function get(payments: Payments): Route {
  return route({
    method: 'GET', path: '/payments/{orderId}', operationId: 'getPayment', summary: "An order's payment.",
    tag: 'Payments', audience: 'internal', roles: ['service', 'operator'], params: z.strictObject({ orderId }),
    responses: { 200: { description: 'The payment.', schema: paymentView } }, problems: ['payment-unknown'],
    handle: async ({ params: { orderId } }) => ({ status: 200, body: viewOf(orderId, await payments.load(orderId)) }),
  });
}

function report(payments: Payments): Route {
  return route({
    method: 'POST', path: '/payments/callbacks', operationId: 'reportCharge', summary: 'The provider reports what became of a charge.',
    tag: 'Payments', audience: 'internal', roles: ['service'], body: callback,
    responses: { 204: { description: 'Taken note of, once however often it is reported.' } }, problems: [],
    async handle({ body }) {
      await payments.report(body);
      return { status: 204 };
    },
  });
}

function viewOf(orderId: string, { state, version }: LoadedPayment): z.infer<typeof paymentView> {
  switch (state.status) {
    case 'absent': throw new Problem('payment-unknown', `There is no payment of order ${orderId}.`);
    case 'barred': return { orderId, status: state.status, version };
    default: return { orderId, ...state, version };
  }
}
