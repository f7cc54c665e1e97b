import { Refusal, type Decider } from '@tradewind/events/decider.ts';
import type { FactOf, OrderEvent } from '@tradewind/events/facts/catalogue.ts';
import type { Money } from '@tradewind/events/money.ts';

/** Why an order will not be fulfilled. */
export type CancelReason = FactOf<'OrderCancelled'>['data']['reason'];

type Placement = Omit<FactOf<'OrderPlaced'>['data'], 'total'>;

export type OrderCommand =
  | { type: 'PlaceOrder'; data: Placement }
  | { type: 'ConfirmOrder' }
  | { type: 'CancelOrder'; reason: CancelReason; detail?: string };

interface Known { orderId: string; customerId: string; total: Money }

export type Order =
  | { status: 'absent' }
  | Known & { status: 'placed' }
  | Known & { status: 'confirmed' }
  | Known & { status: 'cancelled'; reason: CancelReason };

/** Lines an order may have at most. */
export const MOST_LINES = 15;
/** Largest total, in minor units: what one money field may carry. */
const LARGEST_TOTAL = 9_000_000_000;

/**
 * @throws Refusal `order-exists` · `order-unknown` · `order-already-confirmed` · `order-already-cancelled` ·
 *   `lines-out-of-range` · `product-repeated` · `currency-mixed` · `order-too-large`
 */
function decide(command: OrderCommand, order: Order): OrderEvent[] {
  if (command.type === 'PlaceOrder')
    return order.status === 'absent' ? [placed(command.data)] : refuse('order-exists', `Order ${order.orderId} has been placed.`);
  switch (order.status) {
    case 'absent':
      return refuse('order-unknown', 'There is no such order.');
    case 'placed':
      return [command.type === 'ConfirmOrder' ? confirmed(order) : cancelled(order, command)];
    case 'confirmed':
      return command.type === 'ConfirmOrder' ? [] : refuse('order-already-confirmed', `Order ${order.orderId} is confirmed.`);
    case 'cancelled':
      return command.type === 'CancelOrder' ? [] : refuse('order-already-cancelled', `Order ${order.orderId} is cancelled.`);
  }
}

function evolve(order: Order, event: OrderEvent): Order {
  switch (event.type) {
    case 'OrderPlaced': {
      const { orderId, customerId, total } = event.data;
      return order.status === 'absent' ? { status: 'placed', orderId, customerId, total } : order;
    }
    case 'OrderConfirmed':
      return order.status === 'placed' ? { ...order, status: 'confirmed' } : order;
    case 'OrderCancelled':
      return order.status === 'placed' ? { ...order, status: 'cancelled', reason: event.data.reason } : order;
  }
}

/** An order: placed once, then confirmed or cancelled, never both. */
export const order: Decider<OrderCommand, OrderEvent, Order> = { decide, evolve, initial: { status: 'absent' } };

function placed(data: Placement): OrderEvent {
  const { lines } = data;
  const [first] = lines;
  if (!first || lines.length > MOST_LINES)
    return refuse('lines-out-of-range', `An order has 1 to ${MOST_LINES} lines; this has ${lines.length}.`);
  const repeated = lines.find((line, at) => lines.findIndex((each) => each.productId === line.productId) < at);
  if (repeated) return refuse('product-repeated', `Product ${repeated.productId} stands on more than one line.`);
  const { currency } = first.unitPrice;
  const other = lines.find((line) => line.unitPrice.currency !== currency);
  if (other) return refuse('currency-mixed', `Product ${first.productId} is sold in ${currency}, ${other.productId} in ${other.unitPrice.currency}.`);
  const amount = lines.reduce((sum, line) => sum + line.quantity * line.unitPrice.amount, 0);
  if (amount > LARGEST_TOTAL) return refuse('order-too-large', `The total is over ${LARGEST_TOTAL} minor units.`);
  return { type: 'OrderPlaced', data: { ...data, total: { amount, currency } } };
}

function confirmed({ orderId, customerId, total }: Known): OrderEvent {
  return { type: 'OrderConfirmed', data: { orderId, customerId, total } };
}

function cancelled({ orderId, customerId }: Known, { reason, detail }: { reason: CancelReason; detail?: string }): OrderEvent {
  return { type: 'OrderCancelled', data: { orderId, customerId, reason, ...(detail !== undefined && { detail }) } };
}

function refuse(code: string, detail: string): never {
  throw new Refusal(code, detail);
}
