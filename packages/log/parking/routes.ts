import type { Clock } from '@tradewind/chassis/clock.ts';
import { callerHeader } from '@tradewind/chassis/http/caller.ts';
import type { ProblemKinds } from '@tradewind/chassis/http/problem.ts';
import { route, type Route } from '@tradewind/chassis/http/route.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import { z } from 'zod';
import { parkingErrors, type ParkedRecord, type ParkingLot } from './port.ts';

interface Parts {
  lot: ParkingLot;
  group: string;
  /** Tells the operations of one group from those of another: `Saga` makes `listParkedSagaRecords`. */
  operation: string;
  clock: Clock;
  logger: Logger;
}

export const parkingProblems: ProblemKinds = {
  'parked-unknown': { status: 404, title: 'No such parked record', help: 'List what is parked: it may have been handled or dropped meanwhile.' },
  'parking-unavailable': { status: 503, title: 'The parking lot does not answer', help: 'Send the same request after Retry-After.' },
};

const MOST = 1_000;
const instant = z.iso.datetime();
/** Counted in characters; NUL is what no request may hold (`request-invalid`), and the document says so. */
const upTo = (most: number) => z.string().regex(new RegExp(`^[^\\u0000]{1,${most}}$`, 'u'), `Give it 1 to ${most} characters, NUL not among them.`);
const key = upTo(200).meta({ description: 'What stays in order, an order for example.' });
const id = z.string().regex(/^[1-9][0-9]{0,17}$/).meta({ description: 'In the lot of this group.' });
const params = z.strictObject({ id });
const wanted = z.strictObject({
  key: key.optional(), state: z.enum(['parked', 'dropped']).optional(), limit: z.coerce.number().int().min(1).max(MOST).default(100),
});
const whose = z.strictObject({ key: key.optional() });
const because = z.strictObject({ reason: upTo(500) });

const parkedRecord = z.strictObject({
  id, key, topic: z.string(), partition: z.int().min(0), offset: z.int().min(0), state: z.enum(['parked', 'dropped']),
  code: z.string().meta({ description: 'Why; `waits-behind` where it was not tried since an earlier one of its key is parked.' }),
  reason: z.string(), attempts: z.int().min(0), firstAt: instant, lastAt: instant, takenAt: instant,
  dropped: z.strictObject({ by: z.string(), reason: z.string(), at: instant }).optional(),
  envelope: z.unknown().meta({ description: 'The record as the log has it.' }),
}).meta({ id: 'ParkedRecord' });
const parkedRecords = z.strictObject({
  group: z.string(), records: z.array(parkedRecord), complete: z.boolean().meta({ description: 'False where there may be more than are listed.' }),
}).meta({ id: 'ParkedRecords' });
const redriven = z.strictObject({ group: z.string(), records: z.int().min(0) }).meta({ id: 'Redriven' });

/** For operators of a consumer group: what is parked, and what to do about it. */
export function parkingRoutes(parts: Parts): Route[] {
  return [list(parts), show(parts), redrive(parts), drop(parts)];
}

const common = { tag: 'Parked records', audience: 'public' as const, roles: ['operator' as const] };

function list({ lot, group, operation }: Parts): Route {
  return route({
    ...common, method: 'GET', path: `/parked/${group}`, operationId: `listParked${operation}Records`, summary: `Records that ${group} cannot handle, oldest first.`,
    query: wanted,
    responses: { 200: { description: 'Those there are.', schema: parkedRecords } }, problems: ['parking-unavailable'],
    async handle({ query: { key, state, limit } }) {
      const records = await lot.list(group, { ...(key !== undefined && { key }), ...(state && { state }), limit });
      return { status: 200, body: { group, records: records.map(body), complete: records.length < limit } };
    },
  });
}

function show({ lot, group, operation }: Parts): Route {
  return route({
    ...common, method: 'GET', path: `/parked/${group}/{id}`, operationId: `getParked${operation}Record`, summary: 'A parked or dropped record.',
    params, responses: { 200: { description: 'The record.', schema: parkedRecord } }, problems: ['parked-unknown', 'parking-unavailable'],
    async handle({ params: { id } }) {
      const record = await lot.find(group, id);
      if (!record) throw parkingErrors.error('parked-unknown', `no record is kept as ${id} for ${group}`);
      return { status: 200, body: body(record) };
    },
  });
}

function redrive({ lot, group, operation, logger }: Parts): Route {
  return route({
    ...common, method: 'POST', path: `/parked/${group}/redrive`, operationId: `redriveParked${operation}Records`,
    summary: 'Have the parked records of a key, or of all, handled again in their order.',
    body: whose, responses: { 202: { description: 'They will be.', schema: redriven } }, problems: ['parking-unavailable'],
    async handle({ body: { key }, caller }) {
      const records = await lot.redrive(group, key);
      logger.warn({ group, key, records, by: callerHeader(caller) }, 'parked records are to be redriven');
      return { status: 202, body: { group, records } };
    },
  });
}

function drop({ lot, group, operation, clock, logger }: Parts): Route {
  return route({
    ...common, method: 'POST', path: `/parked/${group}/{id}/drop`, operationId: `dropParked${operation}Record`,
    summary: 'Give a parked record up for good; it is kept as evidence.',
    params, body: because, responses: { 200: { description: 'Dropped.', schema: parkedRecord } },
    problems: ['parked-unknown', 'parking-unavailable'],
    async handle({ params: { id }, body: { reason }, caller }) {
      const by = callerHeader(caller) ?? 'anonymous';
      const record = await lot.drop(group, id, { by, reason, at: clock.now() });
      logger.warn({ group, key: record.key, id, by, reason }, 'a parked record was dropped');
      return { status: 200, body: body(record) };
    },
  });
}

function body({ firstAt, lastAt, takenAt, dropped, ...rest }: ParkedRecord): z.infer<typeof parkedRecord> {
  return {
    ...rest, firstAt: rfc3339(firstAt), lastAt: rfc3339(lastAt), takenAt: rfc3339(takenAt),
    ...(dropped && { dropped: { ...dropped, at: rfc3339(dropped.at) } }),
  };
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
