import type { z } from 'zod';
import { customerFacts } from './customers.ts';
import { inventoryFacts } from './inventory.ts';
import { orderFacts } from './orders.ts';
import { paymentFacts } from './payments.ts';
import { sagaFacts } from './saga.ts';

/** Every event of the platform, by name. */
export const facts = { ...orderFacts, ...sagaFacts, ...customerFacts, ...inventoryFacts, ...paymentFacts };

export type FactName = keyof typeof facts;

/** The domain's view of an event: its name and its data at the current version. */
export type FactOf<Name extends FactName> = {
  [N in Name]: { type: N; data: z.infer<(typeof facts)[N]['schema']> };
}[Name];

export type OrderEvent = FactOf<keyof typeof orderFacts>;
export type SagaEvent = FactOf<keyof typeof sagaFacts>;
export type CustomerEvent = FactOf<keyof typeof customerFacts>;
export type InventoryEvent = FactOf<keyof typeof inventoryFacts>;
export type PaymentEvent = FactOf<keyof typeof paymentFacts>;
export type Fact = FactOf<FactName>;
