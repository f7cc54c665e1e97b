import type { ChargeResult, RefundResult } from '../domain/payment.ts';
import { paymentKey, providerErrors, type Charge, type PaymentProvider } from './port.ts';

/**
 * Charges an order, having looked first whether that was done, where it may have been.
 * @throws CodedError `provider-unavailable` · `provider-timeout`
 */
export async function chargeOnce(provider: PaymentProvider, charge: Omit<Charge, 'key'>, again: boolean): Promise<ChargeResult> {
  const key = paymentKey(charge.orderId);
  const found = again ? await provider.lookup(key) : { status: 'none' as const };
  const outcome = found.status === 'none' ? await provider.charge({ ...charge, key }) : found;
  switch (outcome.status) {
    case 'taken':
    case 'refunded':
      return { status: 'taken', reference: outcome.reference };
    case 'declined':
    case 'closed':
      return { status: outcome.status };
  }
}

/**
 * Refunds an order, or bars its charge; a refusal for good is an answer too.
 * @throws CodedError `provider-unavailable` · `provider-timeout`
 */
export async function refundOnce(provider: PaymentProvider, orderId: string): Promise<RefundResult> {
  try {
    return await provider.refund(paymentKey(orderId));
  } catch (error) {
    if (!providerErrors.is(error, 'refund-refused')) throw error;
    return { status: 'refused', detail: error.message };
  }
}
