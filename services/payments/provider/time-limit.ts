import type { Clock } from '@tradewind/chassis/clock.ts';
import { providerErrors, type PaymentProvider } from './port.ts';

/** The same provider, whose callers wait for `ms` at most: then the effect is unknown (`provider-timeout`). */
export function timeLimited(provider: PaymentProvider, clock: Clock, ms: number): PaymentProvider {
  const limit = <T>(answer: Promise<T>): Promise<T> => new Promise<T>((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(providerErrors.error('provider-timeout')));
    answer.then(resolve, reject).finally(cancel);
  });
  return {
    charge: (charge) => limit(provider.charge(charge)),
    lookup: (key) => limit(provider.lookup(key)),
    refund: (key) => limit(provider.refund(key)),
    onCallback: (listener) => provider.onCallback(listener),
  };
}
