import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@tradewind/client/client.ts';
import { expectStatus, receive } from './register.ts';
import type { OrderToPlace, Step } from './workload.ts';

export interface PlayOptions {
  client: Client;
  /** Name of this run: part of its order ids and keys. */
  run: string;
  /** Orders placed and not settled, at most; the generator waits above that. */
  window: number;
  /** Orders of this run whose saga has ended. */
  settled(): Promise<number>;
  /** Told of each 202. */
  acknowledged(orderId: string): void;
  progress(state: { placed: number; settled: number }): void;
}

/** What the client side saw. */
export interface Played {
  acknowledged: number;
  /** Requests sent a second time on purpose, and answered with the same order. */
  duplicates: number;
  cancelled: number;
  cancelledTooLate: number;
  restocked: number;
}

/** Plays the steps at their pace; resolves when the last answer is in. */
export async function play(steps: Iterable<Step>, options: PlayOptions): Promise<Played> {
  const played: Played = { acknowledged: 0, duplicates: 0, cancelled: 0, cancelledTooLate: 0, restocked: 0 };
  const pace = pacer(options, played);
  const underWay = new Set<Promise<void>>();
  let failure: Error | undefined;
  for (const step of steps) {
    await pace(step.gapMs);
    if (failure) break;
    const work = (step.type === 'place' ? place(step.order, options, played) : restock(step, options, played))
      .catch((error: unknown) => { failure ??= error instanceof Error ? error : new Error(String(error)); })
      .finally(() => underWay.delete(work));
    underWay.add(work);
  }
  await Promise.all(underWay);
  if (failure) throw failure;
  return played;
}

/** Keeps the gaps between steps, and waits while too many orders are unsettled. */
function pacer({ window, settled: ask, progress }: PlayOptions, played: Played) {
  let due = Date.now();
  let settled = 0;
  let asked = 0;
  const look = async () => {
    asked = Date.now();
    settled = await ask().catch(() => settled);
    progress({ placed: played.acknowledged, settled });
  };
  return async (gapMs: number) => {
    due = Math.max(due + gapMs, Date.now() - 50);
    if (due > Date.now()) await sleep(due - Date.now());
    if (Date.now() - asked > 200) await look();
    while (played.acknowledged - settled >= window) {
      await sleep(60);
      await look();
    }
  };
}

async function place(order: OrderToPlace, { client, run, acknowledged }: PlayOptions, played: Played): Promise<void> {
  const orderId = `${run}-${order.number}`;
  const { customerId, paymentMethod, lines } = order;
  const request = { method: 'POST', path: '/orders', key: `place-${orderId}`, body: { orderId, customerId, paymentMethod, lines } };
  const twin = order.duplicate === 'at-once' ? client.send(request) : undefined;
  const reply = await client.send(request);
  expectStatus(reply, [202]);
  played.acknowledged += 1;
  acknowledged(orderId);
  const second = order.duplicate === 'later' ? client.send(request) : twin;
  if (second) sameAnswer(await second, reply, played);
  if (order.cancelAfterMs !== undefined) await cancel(orderId, order.cancelAfterMs, client, played);
}

function sameAnswer(second: { status: number; body: unknown }, first: { status: number; body: unknown }, played: Played): void {
  if (second.status !== first.status || JSON.stringify(second.body) !== JSON.stringify(first.body))
    throw new Error(`a duplicate submission was answered otherwise: ${JSON.stringify(second.body)}`);
  played.duplicates += 1;
}

async function cancel(orderId: string, afterMs: number, client: Client, played: Played): Promise<void> {
  await sleep(afterMs);
  const reply = await client.send({ method: 'POST', path: `/orders/${orderId}/cancel`, key: `cancel-${orderId}`, body: {} });
  expectStatus(reply, [200, 202, 409]);
  if (reply.status === 409) played.cancelledTooLate += 1;
  else played.cancelled += 1;
}

async function restock(step: Extract<Step, { type: 'restock' }>, { client, run }: PlayOptions, played: Played): Promise<void> {
  await receive(client, step.productId, step.quantity, `${run}-${step.delivery}`);
  played.restocked += 1;
}
