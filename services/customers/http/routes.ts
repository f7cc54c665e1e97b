import type { Clock } from '@tradewind/chassis/clock.ts';
import { name } from '@tradewind/chassis/http/fields.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import { route, type Caller, type Request, type Response, type Route } from '@tradewind/chassis/http/route.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { AnswerOnce } from '@tradewind/event-store/answer-once.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { customerId } from '@tradewind/events/ids.ts';
import { money } from '@tradewind/events/money.ts';
import { z } from 'zod';
import type { Customers, LoadedCustomer } from '../customers.ts';
import type { CustomerCommand } from '../domain/customer.ts';
import { customerView, viewOf } from './views.ts';

interface Parts { customers: Customers; store: EventStore; clock: Clock; random: Random }

const registration = z.strictObject({
  customerId: customerId.optional().meta({ description: 'Left out, one is made.' }), name, creditLimit: money,
}).meta({ id: 'NewCustomer' });
const limitChange = z.strictObject({ creditLimit: money }).meta({ id: 'CreditLimitChange' });
const params = z.strictObject({ customerId });
const found = { description: 'The customer.', schema: customerView };

export function customerRoutes(parts: Parts): Route[] {
  return [register(parts), get(parts), changeLimit(parts)];
}

function register({ customers, store, clock, random }: Parts): Route {
  const answers = new AnswerOnce(store);
  return route({
    method: 'POST', path: '/customers', operationId: 'registerCustomer', summary: 'Register a customer with a credit limit.',
    tag: 'Customers', audience: 'public', roles: ['operator'], idempotent: true, body: registration,
    responses: { 201: { ...found, headers: { location: 'Where the customer is.' } } }, problems: ['customer-exists'],
    async handle(request) {
      const { idempotency, body } = request;
      if (!idempotency) throw new Problem('idempotency-key-missing', 'This needs an Idempotency-Key.');
      return answers.run(idempotency, clock.now(), async (keep) => {
        const id = body.customerId ?? random.id();
        const created = (after: LoadedCustomer): Response =>
          ({ status: 201, headers: { location: `/customers/${id}` }, body: viewOf(id, after) });
        const after = await change(customers, { type: 'RegisterCustomer', data: { ...body, customerId: id } }, request,
          (state) => ({ answer: keep(created(state)) }));
        return created(after);
      });
    },
  });
}

function get({ customers }: Parts): Route {
  return route({
    method: 'GET', path: '/customers/{customerId}', operationId: 'getCustomer', summary: 'A customer and the state of their credit.',
    tag: 'Customers', audience: 'public', roles: ['operator', 'customer'], params, responses: { 200: found }, problems: ['customer-unknown'],
    async handle({ params: { customerId }, caller }) {
      mayRead(customerId, caller);
      return { status: 200, body: viewOf(customerId, await customers.load(customerId)) };
    },
  });
}

function changeLimit({ customers }: Parts): Route {
  return route({
    method: 'PUT', path: '/customers/{customerId}/credit-limit', operationId: 'changeCreditLimit',
    summary: 'Set the credit limit; never below what is reserved and used.',
    tag: 'Customers', audience: 'public', roles: ['operator'], params, body: limitChange, responses: { 200: found },
    problems: ['customer-unknown', 'credit-limit-too-low', 'currency-mismatch'],
    async handle(request) {
      const { params: { customerId }, body: { creditLimit } } = request;
      const after = await change(customers, { type: 'ChangeCreditLimit', data: { customerId, creditLimit } }, request);
      return { status: 200, body: viewOf(customerId, after) };
    },
  });
}

/** A customer sees themselves only, and does not learn who else exists. */
function mayRead(customerId: string, caller: Caller): void {
  if (caller.role === 'customer' && caller.customerId !== customerId)
    throw new Problem('forbidden', 'A customer may see their own account only.');
}

async function change(
  customers: Customers, command: CustomerCommand, { requestId, traceparent }: Request, act?: Parameters<Customers['change']>[1]['act'],
): Promise<LoadedCustomer> {
  const lineage = { correlationid: command.data.customerId, causationid: requestId, ...(traceparent !== undefined && { traceparent }) };
  const after = await customers.change(command, { lineage, fresh: true, ...(act && { act }) });
  if (after === 'already-handled') throw new Error('a request has no inbox row');
  return after;
}
