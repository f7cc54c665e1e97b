const behaviours = ['declined', 'slow', 'late', 'twice', 'unavailable', 'refund-fails'] as const;

/**
 * What a payment method makes the simulated provider do; what follows the name is free (`card-late-42`).
 * `card-ok` and any other takes the money · `card-declined` does not · `card-slow` takes its time ·
 * `card-late` takes the money but answers after its caller has given up, then calls back · `card-twice` calls
 * back twice · `card-unavailable` turns the first calls away · `card-refund-fails` refuses the refund
 * until it is mended.
 */
export type Behaviour = (typeof behaviours)[number] | 'ok';

export function behaviourOf(paymentMethod: string): Behaviour {
  return behaviours.find((each) => paymentMethod.startsWith(`card-${each}`)) ?? 'ok';
}
