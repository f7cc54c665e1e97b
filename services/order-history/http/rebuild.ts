import { route, type Route } from '@tradewind/chassis/http/route.ts';
import { z } from 'zod';
import { rebuildStates, origins, type RebuildState } from '../rebuild/state.ts';
import type { Rebuilding } from '../rebuild/rebuilding.ts';
import { countsSchema, rfc3339 } from './views.ts';

interface Parts { rebuilding: Rebuilding }

const instant = z.iso.datetime();
const sum = z.strictObject({
  counts: countsSchema, entries: z.int().min(0).meta({ description: 'Of all audit trails.' }),
  digest: z.string().meta({ description: 'Of all orders and audit trails.' }),
});

const rebuildSchema = z.strictObject({
  state: z.enum(rebuildStates).meta({ description: '`running` and `discarding` are under way, also when their process was killed; `differs` waits for a decision.' }),
  records: z.int().min(0).meta({ description: 'Events of the log that the new generation stands on.' }),
  total: z.int().min(0).meta({ description: 'Events of the log that the live one stood on then.' }),
  startedAt: instant.optional(), endedAt: instant.optional(),
  error: z.strictObject({ code: z.string(), detail: z.string() }).optional()
    .meta({ description: 'Why it failed or was refused (`rebuild-differs`); of a running one, what it waits out.' }),
  comparison: z.strictObject({
    equal: z.boolean(), live: sum, candidate: sum,
    differing: z.int().min(0).meta({ description: 'Orders whose view or audit trail differs.' }),
    examples: z.array(z.string()).meta({ description: 'The first of them.' }),
  }).optional().meta({ description: 'Live and new generation at the same positions of the log, right before the switch.' }),
}).meta({ id: 'Rebuild' });

const generationsSchema = z.array(z.strictObject({
  name: z.enum(['live', 'candidate', 'retired']), orders: z.int().min(0),
  records: z.int().min(0).meta({ description: 'Events of the log that it stands on.' }),
})).meta({ description: 'The generations there are: the one that is read, the one that is built or waits, the one that was read before.' });

const wish = z.strictObject({
  from: z.enum(origins).default('candidate')
    .meta({ description: '`candidate`: go on with the one there is, or begin; `scratch`: begin anew; `retired`: go back to the one that was read before.' }),
  acceptDifferences: z.enum(['true', 'false']).default('false').meta({ description: 'Switch even if the new generation differs from the live one.' }),
});

/** For operators: the building of another generation. What is asked for is kept, and done soon. */
export function rebuildRoutes(parts: Parts): Route[] {
  return [rebuild(parts), rebuildState(parts), discard(parts), dropRetired(parts)];
}

const location = { location: 'Where its state is.' };
const accepted = (state: RebuildState) => ({ status: 202, headers: { location: '/history/rebuild' }, body: rebuildBody(state) });

function rebuild({ rebuilding }: Parts): Route {
  return route({
    method: 'POST', path: '/history/rebuild', operationId: 'rebuildHistory',
    summary: 'Fold the log into a new generation beside what is read meanwhile, compare the two, and switch.',
    tag: 'History', audience: 'public', roles: ['operator'], query: wish,
    responses: { 202: { description: 'Begun, or under way.', schema: rebuildSchema, headers: location } },
    problems: ['rebuild-running', 'rebuild-waits', 'nothing-retired'],
    handle: async ({ query: { from, acceptDifferences } }) => accepted(await rebuilding.ask({ from, acceptDifferences: acceptDifferences === 'true' })),
  });
}

function rebuildState({ rebuilding }: Parts): Route {
  return route({
    method: 'GET', path: '/history/rebuild', operationId: 'getRebuild', summary: 'How far the last rebuild is, whichever replica does it, and which generations there are.',
    tag: 'History', audience: 'public', roles: ['operator'],
    responses: { 200: { description: 'Its state.', schema: rebuildSchema.extend({ generations: generationsSchema }).meta({ id: 'RebuildAndGenerations' }) } }, problems: [],
    async handle() {
      const { state, generations } = await rebuilding.state();
      return { status: 200, body: { ...rebuildBody(state), generations } };
    },
  });
}

function discard({ rebuilding }: Parts): Route {
  return route({
    method: 'DELETE', path: '/history/rebuild', operationId: 'discardRebuild', summary: 'Stop a rebuild and drop its generation.',
    tag: 'History', audience: 'public', roles: ['operator'],
    responses: { 202: { description: 'It will be gone soon, or there is none.', schema: rebuildSchema, headers: location } }, problems: [],
    handle: async () => accepted(await rebuilding.discard()),
  });
}

function dropRetired({ rebuilding }: Parts): Route {
  return route({
    method: 'DELETE', path: '/history/retired', operationId: 'dropRetiredHistory', summary: 'Drop the generation that was read before: there is no way back to it then.',
    tag: 'History', audience: 'public', roles: ['operator'],
    responses: { 204: { description: 'It is gone, or there was none.' } }, problems: [],
    async handle() {
      await rebuilding.dropRetired();
      return { status: 204 };
    },
  });
}

function rebuildBody({ state, records, total, startedAt, endedAt, error, comparison }: RebuildState): z.infer<typeof rebuildSchema> {
  return {
    state, records, total, ...(error && { error }), ...(comparison && { comparison }), ...(startedAt !== undefined && { startedAt: rfc3339(startedAt) }), ...(endedAt !== undefined && { endedAt: rfc3339(endedAt) }),
  };
}
