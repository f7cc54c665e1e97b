import type { Books } from './books.ts';

/** What does not balance. @param accepted ids of all orders that got a 202 */
export function imbalances({ customers, products, orders }: Books, accepted: Iterable<string>): string[] {
  const lost = [...accepted].filter((id) => !orders.has(id)).map((id) => `order ${id} is lost`);
  const unsettled = [...orders].filter(([, { status }]) => status === 'placed').map(([id]) => `order ${id} is unsettled`);
  const confirmed = [...orders.values()].filter(({ status }) => status === 'confirmed');
  const spent = sums(confirmed.map(({ customerId, total }) => [customerId, total]));
  const sold = sums(confirmed.flatMap(({ productIds, quantities }) => productIds.map((id, at): [string, number] => [id, quantities[at] ?? NaN])));
  const credit = { is: new Map([...customers].map(([id, { limit, reserved, used }]) => [id, { most: limit, reserved, gone: used }])), due: spent };
  const stock = { is: new Map([...products].map(([id, { received, reserved, sold: gone }]) => [id, { most: received, reserved, gone }])), due: sold };
  return [...lost, ...unsettled, ...wrong(credit).map((id) => `credit of ${id}`), ...wrong(stock).map((id) => `stock of ${id}`)];
}

interface Account { most: number; reserved: number; gone: number }

/** Ids of which not exactly what is due has gone, or more than there was, or something is still reserved. */
function wrong({ is, due }: { is: Map<string, Account>; due: Map<string, number> }): string[] {
  return [...new Set([...is.keys(), ...due.keys()])].filter((id) => {
    const { most, reserved, gone } = is.get(id) ?? { most: 0, reserved: 0, gone: 0 };
    return reserved !== 0 || gone !== (due.get(id) ?? 0) || gone > most;
  });
}

function sums(entries: [string, number][]): Map<string, number> {
  const found = new Map<string, number>();
  for (const [id, value] of entries) found.set(id, (found.get(id) ?? 0) + value);
  return found;
}
