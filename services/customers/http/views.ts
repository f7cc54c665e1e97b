import { Problem } from '@tradewind/chassis/http/problem.ts';
import { customerId } from '@tradewind/events/ids.ts';
import { money } from '@tradewind/events/money.ts';
import { z } from 'zod';
import type { LoadedCustomer } from '../customers.ts';
import { availableOf, reservedOf } from '../domain/customer.ts';

const version = z.int().min(1).meta({ description: "Events in the customer's stream so far." });

export const customerView = z.strictObject({
  customerId, name: z.string(), creditLimit: money, available: money, reserved: money, used: money, version,
}).meta({ id: 'Customer' });

/** @throws Problem `customer-unknown` */
export function viewOf(customerId: string, { state, version }: LoadedCustomer): z.infer<typeof customerView> {
  if (state.status === 'absent') throw new Problem('customer-unknown', `There is no customer ${customerId}.`);
  const { currency } = state;
  const amount = (units: number) => ({ amount: units, currency });
  return {
    customerId, name: state.name, creditLimit: amount(state.limit), available: amount(availableOf(state)),
    reserved: amount(reservedOf(state)), used: amount(state.used), version,
  };
}
