import type { Client } from '@tradewind/client/client.ts';
import { percentile } from './percentiles.ts';
import { expectStatus } from './register.ts';

export interface OrderView { orderId: string; status: string; reason?: string; placedAt: string; settledAt?: string }

/** What became of the orders of a run, as the platform's own API tells. */
export interface Outcomes {
  /** By `confirmed`, `cancelled: credit-rejected`, … */
  byKind: Map<string, number>;
  /** Placed → settled, in ms. */
  latency: { p50: number; p95: number; p99: number; max: number };
  /** Orders settled a second, from the first placed to the last settled. */
  perSecond: number;
}

/** Reads all orders of `run` by pages. */
export async function outcomes(client: Client, run: string, since: string): Promise<Outcomes> {
  const orders: OrderView[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '100', placedAfter: since, ...(cursor === undefined ? {} : { cursor }) });
    const reply = await client.send({ method: 'GET', path: `/orders?${query.toString()}` });
    expectStatus(reply, [200]);
    const page = reply.body as { items: OrderView[]; nextCursor?: string };
    orders.push(...page.items.filter((each) => each.orderId.startsWith(`${run}-`)));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return summarize(orders);
}

export function summarize(orders: OrderView[]): Outcomes {
  const byKind = new Map<string, number>();
  for (const { status, reason } of orders) {
    const kind = reason === undefined ? status : `${status}: ${reason}`;
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  }
  const settled = orders.flatMap(({ placedAt, settledAt }) => settledAt === undefined ? [] : [{ from: Date.parse(placedAt), to: Date.parse(settledAt) }]);
  const times = settled.map(({ from, to }) => to - from);
  const span = settled.reduce((most, { to }) => Math.max(most, to), -Infinity) - settled.reduce((least, { from }) => Math.min(least, from), Infinity);
  return {
    byKind: new Map([...byKind].sort((a, b) => b[1] - a[1])),
    latency: { p50: percentile(times, 0.5), p95: percentile(times, 0.95), p99: percentile(times, 0.99), max: percentile(times, 1) },
    perSecond: settled.length / (Math.max(span, 1) / 1000),
  };
}
