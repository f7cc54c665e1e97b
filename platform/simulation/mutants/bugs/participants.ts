import type { Mutant } from '../mutant.ts';

const stock = 'services/inventory/stock.ts';

/** Credit, stock and payment. */
export const participantBugs: Mutant[] = [
  {
    name: 'compensation-before-its-command',
    says: 'credit that is released before it was reserved leaves no mark, and the late reservation succeeds',
    patches: [{
      file: 'services/customers/domain/customer.ts', find: ': { ...state, barred: [...state.barred, event.data.orderId] };', replace: ': state;',
    }],
  },
  {
    name: 'stock-tombstone-forgotten',
    says: 'stock that is released before it was reserved can still be reserved',
    patches: [{
      file: 'services/inventory/domain/reservation.ts', find: "return { status: state.status === 'absent' ? 'barred' : 'released' };",
      replace: "return state.status === 'absent' ? state : { status: 'released' };",
    }],
  },
  {
    name: 'credit-unchecked',
    says: 'customers appends to a customer whatever has happened to them since',
    patches: [{ file: 'services/customers/customers.ts', find: 'expected: before.version, events: drafts', replace: "expected: 'any', events: drafts" }],
  },
  {
    name: 'stock-reserved-in-part',
    says: 'where a product is short, the others of the order are reserved all the same',
    patches: [{
      file: 'services/inventory/domain/reservation.ts',
      find: "  if (short.length > 0) return reject('stock-insufficient', short.map(([productId]) => productId));\n",
      replace: `  const missing = new Set(short.map(([productId]) => productId));
  lines = lines.filter(({ productId }) => !missing.has(productId));
  if (lines.length === 0) return reject('stock-insufficient', [...missing]);\n`,
    }],
  },
  {
    name: 'stock-reserved-in-two-acts',
    says: 'a reservation and the shelves that it takes from are appended one after the other',
    patches: [{
      file: stock,
      find: 'const [version = held.version, ...versions] = await this.#store.append(writes, { inbox });',
      replace: `const [version = held.version] = await this.#store.append(writes.slice(0, 1), { inbox });
    const versions = await this.#store.append(writes.slice(1));`,
    }],
  },
  {
    name: 'stock-unchecked',
    says: 'inventory takes from a shelf whatever others have taken since it looked',
    patches: [{ file: stock, find: 'stream: before.stream, expected: before.version, events: this.#drafts(shares, lineage)', replace: "stream: before.stream, expected: 'any', events: this.#drafts(shares, lineage)" }],
  },
  {
    name: 'delivery-counted-again',
    says: 'the answer to a delivery is kept in a second append, after the stock was received',
    patches: [{
      file: stock,
      find: 'await this.#store.append([{ stream: name, expected: before.version, events: this.#drafts(events, lineage) }], act(after));',
      replace: `await this.#store.append([{ stream: name, expected: before.version, events: this.#drafts(events, lineage) }]);
      await this.#store.append([], act(after));`,
    }],
  },
  {
    name: 'payment-charged-again-after-a-crash',
    says: 'a charge that may have gone through is made again, under a key of its own',
    patches: [{
      file: 'services/payments/provider/ask.ts',
      find: 'const key = paymentKey(charge.orderId);',
      replace: 'const key = again ? `${paymentKey(charge.orderId)}-again` : paymentKey(charge.orderId);',
    }],
  },
  {
    name: 'provider-timeout-taken-for-a-no',
    says: 'a provider that does not answer in time counts as one that declined',
    patches: [{
      file: 'services/payments/provider/ask.ts',
      find: "const outcome = found.status === 'none' ? await provider.charge({ ...charge, key }) : found;",
      replace: `const outcome = found.status !== 'none' ? found : await provider.charge({ ...charge, key }).catch((error: unknown) => {
    if (providerErrors.is(error, 'provider-timeout')) return { status: 'declined' as const };
    throw error;
  });`,
    }],
  },
  {
    name: 'refund-of-an-unknown-charge-forgotten',
    says: 'a refund asks the provider only where the charge was recorded',
    patches: [{
      file: 'services/payments/domain/payment.ts',
      find: "return status === 'absent' || (type === 'RefundPayment' && status === 'taken');",
      replace: "return type === 'RefundPayment' ? status === 'taken' : status === 'absent';",
    }],
  },
  {
    name: 'credit-refused-though-there',
    says: 'customers refuses an order that takes more than half of what is left',
    patches: [{ file: 'services/customers/domain/customer.ts', find: 'credit.amount.amount > availableOf(state)', replace: 'credit.amount.amount * 2 > availableOf(state)' }],
  },
  {
    name: 'stock-refused-though-there',
    says: 'inventory refuses an order that takes more than half of a shelf',
    patches: [{ file: 'services/inventory/domain/reservation.ts', find: 'units > availableOf(productOf(productId))', replace: 'units * 2 > availableOf(productOf(productId))' }],
  },
];
