import type { PaymentProvider } from '@tradewind/payments/provider/port.ts';
import { handOver, viaOf } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

const op = operations('provider', { reading: ['lookup'], changing: ['charge', 'refund', 'callback'] });

/** A process's way to the payment provider, and the provider's callbacks to it. */
export function providerVia(world: World, process: Process): PaymentProvider {
  const { provider } = world;
  const via = viaOf(process);
  return {
    charge: (charge) => via(op.charge, () => provider.charge(charge), () => `${charge.orderId} ${charge.paymentMethod}`),
    lookup: (key) => via(op.lookup, () => provider.lookup(key), () => key),
    refund: (key) => via(op.refund, () => provider.refund(key), () => key),
    onCallback(listener) {
      const stop = provider.onCallback((callback) => handOver(process, {
        operation: op.callback, work: () => listener(callback), about: () => `${callback.orderId} ${callback.outcome.status}`,
        unheard: () => Promise.reject(op.callback.unknown()),
      }));
      process.atEnd(stop);
      return stop;
    },
  };
}
