import type { Clock } from '@tradewind/chassis/clock.ts';
import { callerHeader } from '@tradewind/chassis/http/caller.ts';
import { route, type Route } from '@tradewind/chassis/http/route.ts';
import { orderId } from '@tradewind/events/ids.ts';
import { z } from 'zod';
import type { Sagas } from '../sagas.ts';
import { causeOf } from './views.ts';

interface Parts { sagas: Sagas; clock: Clock }

const parkedSagas = z.strictObject({
  sagas: z.array(z.strictObject({
    orderId, step: z.string(), detail: z.string(), since: z.iso.datetime().meta({ description: 'When it was parked.' }),
  })),
  complete: z.boolean().meta({ description: 'False where there may be more than are listed.' }),
}).meta({ id: 'ParkedSagas' });

/** For operators: what needs a person, and a way to go on once they have looked. */
export function sagaRoutes({ sagas, clock }: Parts): Route[] {
  return [
    route({
      method: 'GET', path: '/sagas', operationId: 'listParkedSagas', summary: 'Sagas parked because a compensation failed for good.',
      tag: 'Sagas', audience: 'public', roles: ['operator'], problems: [],
      responses: { 200: { description: 'The parked ones, longest first.', schema: parkedSagas } },
      async handle() {
        const { parked, complete } = await sagas.parked(clock.now());
        const listed = parked.map(({ since, ...rest }) => ({ ...rest, since: new Date(since).toISOString() }));
        return { status: 200, body: { sagas: listed, complete } };
      },
    }),
    route({
      method: 'POST', path: '/sagas/{orderId}/resume', operationId: 'resumeSaga', summary: "Have a parked saga's compensation tried anew.",
      tag: 'Sagas', audience: 'public', roles: ['operator'], params: z.strictObject({ orderId }),
      responses: { 202: { description: 'Resumed.', schema: z.strictObject({ orderId }) } },
      problems: ['order-unknown', 'saga-not-parked'],
      async handle(request) {
        const { params: { orderId }, caller } = request;
        await sagas.resume(orderId, (callerHeader(caller) ?? 'anonymous').slice(0, 64), causeOf(request));
        return { status: 202, body: { orderId } };
      },
    }),
  ];
}
