import { behind } from '@tradewind/log/behind.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { QueueDepth } from '@tradewind/tasks/port.ts';
import type { Command } from 'commander';
import { withApi, type Api } from '../api.ts';
import { withBrokers } from '../brokers.ts';
import { number } from '../figures.ts';
import { verb } from '../manual.ts';
import { paint } from '../paint.ts';
import { placeOf } from '../place.ts';
import { list, table } from '../table.ts';
import { write, type Context } from '../terminal.ts';

interface Status {
  gateway: string;
  /** Of the platform's process, where it has one. */
  pid?: number;
  services: Record<string, string>;
  orders: Record<string, number> | undefined;
  sagas: Record<string, number> | undefined;
  queues: QueueDepth[];
  groups: { group: string; lag: number }[];
  brokers: { log: string; tasks: string };
}

/** `tradewind status` */
export function status(program: Command, context: Context): void {
  verb(program, 'status', {
    summary: 'whether the services are ready, and how much is where',
    description: 'Says whether each service is ready, counts orders and sagas, and shows what queues hold and how far consumers are behind.',
    examples: ['status', "status --json | jq .services", 'status && echo all ready'],
    exits: { 0: 'every service is ready', 1: 'a service is not' },
  }).action(({ json }: { json?: true }, command: Command) => withBrokers(command, context, ({ log, tasks }) => withApi(command, context, async (api) => {
    const place = placeOf(command, context);
    const [services, counts, queues, groups] = await Promise.all([readiness(api), countsOf(api), tasks.depths(), lags(log)]);
    const all: Status = {
      gateway: api.origin, ...(place.type === 'folder' && { pid: place.platform.pid }), services, orders: counts?.orders, sagas: counts?.sagas, queues, groups,
      brokers: { log: log.features.adapter, tasks: tasks.features.adapter },
    };
    if (Object.values(services).some((state) => state !== 'ready')) context.exit(1);
    write(context, json, all, () => paint(context, text(all)));
  }, { persist: 0 })));
}

async function readiness(api: Api): Promise<Record<string, string>> {
  const { body } = await api.send({ method: 'GET', path: '/health/ready' });
  return (body as { services?: Record<string, string> }).services ?? {};
}

/** Undefined where nobody can count at the moment. */
async function countsOf(api: Api): Promise<{ orders: Record<string, number>; sagas: Record<string, number> } | undefined> {
  const { status, body } = await api.send({ method: 'GET', path: '/history/counts' });
  return status === 200 ? body as { orders: Record<string, number>; sagas: Record<string, number> } : undefined;
}

async function lags(log: Log): Promise<Status['groups']> {
  const groups = await log.groups();
  return Promise.all(groups.sort().map(async (group) => ({ group, lag: await behind(log, group) })));
}

function text({ gateway, pid, services, orders, sagas, queues, groups, brokers }: Status): string {
  const head = list({
    gateway: pid === undefined ? gateway : `${gateway} (pid ${pid})`, brokers: `log on ${brokers.log}, tasks on ${brokers.tasks}`,
    orders: counted(orders), sagas: counted(sagas),
  });
  const depths = queues.map((each) => [shortened(each.queue), ...[each.ready, each.unsettled, each.retrying, each.dead].map(number)]);
  return [
    head, table(['SERVICE', 'STATE'], Object.entries(services)), table(['QUEUE', 'READY', 'UNSETTLED', 'RETRYING', 'DEAD'], depths),
    table(['CONSUMERS', 'BEHIND'], groups.map(({ group, lag }) => [group, number(lag)])),
  ].join('\n\n');
}

/** A replica's own queue carries an id; its last digits tell it from the others. */
function shortened(queue: string): string {
  return queue.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{6}(?=[0-9a-f]{6}$)/, '…');
}

function counted(counts: Record<string, number> | undefined): string {
  if (!counts) return 'cannot be counted now';
  return Object.entries(counts).filter(([, n]) => n > 0).map(([name, n]) => `${number(n)} ${name}`).join(', ') || 'none';
}
