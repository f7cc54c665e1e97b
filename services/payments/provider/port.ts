import { errorCatalogue } from '@tradewind/events/errors.ts';
import { orderId } from '@tradewind/events/ids.ts';
import { money, type Money } from '@tradewind/events/money.ts';
import { z } from 'zod';

/** Whoever moves the money. It keeps its own durable book, by idempotency key. */
export interface PaymentProvider {
  /**
   * Takes the money once, however often it is asked under the same key; later calls get the first answer.
   * @throws CodedError `provider-unavailable` (canRetry; nothing was done) · `provider-timeout` (canRetry;
   *   the effect is unknown: look it up)
   */
  charge(charge: Charge): Promise<ChargeOutcome>;

  /** What the book holds under a key. @throws CodedError as `charge` */
  lookup(key: string): Promise<LookupOutcome>;

  /**
   * Gives back what was taken under a key, once. Where nothing was, the key is closed: a charge that
   * still comes under it takes nothing.
   * @throws CodedError as `charge`, and `refund-refused` (for good: a person must see to it)
   */
  refund(key: string): Promise<RefundOutcome>;

  /** Calls `listener` with what the provider reports by itself, at least once each; the returned function stops that. */
  onCallback(listener: (callback: Callback) => Promise<void>): () => void;
}

export interface Charge { key: string; orderId: string; amount: Money; paymentMethod: string }

export type ChargeOutcome =
  | { status: 'taken'; reference: string }
  | { status: 'declined'; reason: string }
  /** A refund came first, or has come since. */
  | { status: 'closed' };

export type LookupOutcome =
  | { status: 'taken' | 'refunded'; reference: string; amount: Money }
  | { status: 'declined'; reason: string }
  | { status: 'closed' }
  | { status: 'none' };

export type RefundOutcome =
  | { status: 'refunded'; reference: string; amount: Money }
  | { status: 'nothing-taken' };

/** What the provider reports by itself once a charge has an outcome. */
export const callback = z.strictObject({
  id: z.string().min(1).max(100).meta({ description: 'The same each time the same thing is reported.' }),
  orderId,
  amount: money,
  outcome: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('taken'), reference: z.string().min(1).max(100) }),
    z.strictObject({ status: z.literal('declined') }),
  ]),
});
export type Callback = z.infer<typeof callback>;

/** Idempotency key of an order's payment: one charge an order, whoever asks and however often. */
export function paymentKey(order: string): string {
  return `payment-${order}`;
}

export const providerErrors = errorCatalogue('payments', {
  'provider-unavailable': { title: 'The payment provider takes no requests', canRetry: true },
  'provider-timeout': { title: 'The payment provider did not answer in time; the effect is unknown', canRetry: true },
  'refund-refused': { title: 'The payment provider refused the refund for good', canRetry: false },
});
