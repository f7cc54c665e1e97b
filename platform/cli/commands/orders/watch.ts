import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { at, refused, withApi, type Api } from '../../api.ts';
import { duration } from '../../duration.ts';
import { verb } from '../../manual.ts';
import { paint } from '../../paint.ts';
import { INTERRUPTED, type Context } from '../../terminal.ts';
import { because, type Order } from './order.ts';

const EVERY_MS = 150;
/** An order that somebody just placed may not be in the read model yet. */
const APPEARS_WITHIN_MS = 3_000;

/** How an order that is followed ends, as exit codes. */
export const OUTCOMES = (when = ''): Record<number, string> => ({
  0: `${when}confirmed`, 1: `${when}cancelled`, 3: `${when}its saga has not ended within --wait`, [INTERRUPTED]: `${when}interrupted; the order goes on`,
});

export function waitOption(): Option {
  return new Option('--wait <duration>', 'follow it for this long at most').argParser(duration);
}

interface Followed { orderId: string; json: true | undefined; /** Default: for ever. */ waitMs?: number | undefined; /** Default: three seconds. */ appearsWithinMs?: number }

/** `tradewind orders watch` */
export function watch(parent: Command, context: Context): void {
  verb(parent, 'watch <order>', {
    summary: 'follow an order until its saga has ended',
    description: 'Prints a line, or with --json an object on a line, for each change of the order or its saga, until the saga has ended.',
    examples: ['orders watch 7f3a', 'orders watch 7f3a --wait 30s && echo confirmed'],
    exits: OUTCOMES(),
  })
    .addOption(waitOption())
    .action((orderId: string, { wait, json }: { wait?: number; json?: true }, command: Command) =>
      withApi(command, context, (api) => follow(api, context, { orderId, json, waitMs: wait })));
}

/** Prints what becomes of an order until its saga has ended, and sets the exit code. */
export async function follow(api: Api, context: Context, { orderId, json, waitMs = Infinity, appearsWithinMs = APPEARS_WITHIN_MS }: Followed): Promise<void> {
  const interrupted = context.interrupted();
  const begun = Date.now();
  for (let shown = ''; ;) {
    const order = await read(api, orderId, begun + appearsWithinMs);
    const state = order ? stateOf(order) : shown;
    if (state !== shown) context.out(json ? JSON.stringify(order) : paint(context, `${new Date().toISOString()}  ${state}`));
    shown = state;
    const code = outcomeOf(order, { interrupted: interrupted.aborted, over: Date.now() - begun >= waitMs });
    if (code !== undefined) return context.exit(code);
    await sleep(EVERY_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

function stateOf({ status, reason, saga }: Order): string {
  return `${because(status, reason)}  saga ${saga ?? 'not begun'}`;
}

/** Undefined while there is more to come. */
function outcomeOf(order: Order | undefined, { interrupted, over }: { interrupted: boolean; over: boolean }): number | undefined {
  if (order?.saga === 'ended') return order.status === 'confirmed' ? 0 : 1;
  if (interrupted) return INTERRUPTED;
  return over ? 3 : undefined;
}

async function read(api: Api, orderId: string, appearsBy: number): Promise<Order | undefined> {
  const reply = await api.send({ method: 'GET', path: at`/orders/${orderId}` });
  if (reply.status === 404 && Date.now() < appearsBy) return undefined;
  if (reply.status >= 400) throw refused(reply);
  return reply.body as Order;
}
