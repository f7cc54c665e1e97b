import type { Command } from 'commander';
import { at, withApi } from '../api.ts';
import { number } from '../figures.ts';
import { group, verb } from '../manual.ts';
import { paint } from '../paint.ts';
import { table } from '../table.ts';
import { write, type Context } from '../terminal.ts';
import type { Order } from './orders/order.ts';

interface Parked { orderId: string; step: string; detail: string; since: string }
interface Listed { sagas: Parked[]; complete: boolean }

/** `tradewind sagas …` */
export function sagas(program: Command, context: Context): void {
  const parent = group(program, 'sagas', {
    summary: 'the processes behind the orders; resume those that wait for a person',
    examples: ['sagas list', 'sagas show 7f3a', 'sagas resume 7f3a'],
  });
  for (const add of [list, show, resume]) add(parent, context);
}

function list(parent: Command, context: Context): void {
  verb(parent, 'list', {
    summary: 'count sagas by state, and list the parked ones',
    description: 'Counts sagas by state, and lists those that are parked because a compensation failed for good: they wait for a person.',
    examples: ['sagas list', "sagas list --json | jq -r '.parked[].orderId'"],
    exits: { 0: 'listed, even where there is none' },
  }).action(({ json }: { json?: true }, command: Command) => withApi(command, context, async (api) => {
    const [{ sagas: counts }, { sagas: parked, complete }] = await Promise.all([
      api.ask<{ sagas: Record<string, number> }>({ method: 'GET', path: '/history/counts' }), api.ask<Listed>({ method: 'GET', path: '/sagas' }),
    ]);
    write(context, json, { counts, parked, complete }, () => {
      const counted = table(['STATE', 'SAGAS'], Object.entries(counts).map(([state, n]) => [state, number(n)]));
      const listed = parked.length === 0 ? 'None is parked.'
        : table(['PARKED', 'STEP', 'SINCE', 'DETAIL'], parked.map(({ orderId, step, since, detail }) => [orderId, step, since, detail]));
      return paint(context, `${counted}\n\n${listed}${complete ? '' : '\nThere may be more parked ones than these.'}`);
    });
  }));
}

function show(parent: Command, context: Context): void {
  verb(parent, 'show <order>', {
    summary: "show where an order's saga stands, and all that happened to the order",
    examples: ['sagas show 7f3a', "sagas show 7f3a --json | jq -r '.events[].summary'"],
    exits: { 0: 'shown' },
  }).action((orderId: string, { json }: { json?: true }, command: Command) => withApi(command, context, async (api) => {
    const path = at`/orders/${orderId}`;
    const [order, { sagas: listed }] = await Promise.all([
      api.ask<Order>({ method: 'GET', path }), api.ask<Listed>({ method: 'GET', path: '/sagas' }),
    ]);
    const parked = listed.find((each) => each.orderId === orderId);
    if (json) {
      const { items } = await api.ask<{ items: object[] }>({ method: 'GET', path: `${path}/events` });
      return write(context, json, { orderId, saga: order.saga, order, ...(parked && { parked }), events: items }, () => '');
    }
    const story = await api.ask<string>({ method: 'GET', path: `${path}/events`, accept: 'text/plain' });
    const waits = parked ? `\n\nParked at ${parked.step} since ${parked.since}: ${parked.detail}` : '';
    context.out(paint(context, `${story.trimEnd()}${waits}`));
  }));
}

function resume(parent: Command, context: Context): void {
  verb(parent, 'resume <order>', {
    summary: "have a parked saga's compensation tried anew",
    examples: ['sagas resume 7f3a', "sagas list --json | jq -r '.parked[].orderId' | xargs -n1 tradewind sagas resume"],
    exits: { 0: 'resumed' },
  }).action((orderId: string, { json }: { json?: true }, command: Command) => withApi(command, context, async (api) => {
    const resumed = await api.ask<{ orderId: string }>({ method: 'POST', path: at`/sagas/${orderId}/resume` });
    write(context, json, resumed, () => `The saga of ${orderId} goes on.`);
  }));
}
