import type { PaymentProvider } from '@tradewind/payments/provider/port.ts';
import { call, handOver } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

const op = operations('provider', { reading: ['lookup'], changing: ['charge', 'refund', 'callback'] });

/** A process's way to the payment provider, and the provider's callbacks to it. */
export function providerVia(world: World, process: Process): PaymentProvider {
  const { provider } = world;
  return {
    charge: (charge) => call(process, op.charge, () => provider.charge(charge), () => `${charge.orderId} ${charge.paymentMethod}`),
    lookup: (key) => call(process, op.lookup, () => provider.lookup(key), () => key),
    refund: (key) => call(process, op.refund, () => provider.refund(key), () => key),
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
