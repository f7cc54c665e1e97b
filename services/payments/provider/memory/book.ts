import type { Book, Entry } from '../book.ts';

/** A book that lasts as long as its process, or as the object outlives simulated crashes. */
export function memoryBook(): Book {
  const entries = new Map<string, Entry>();
  const keep = (entry: Entry): Entry => {
    entries.set(entry.key, entry);
    return { ...entry };
  };
  return {
    async enter(entry) {
      return entries.get(entry.key) ?? keep({ ...entry, charges: entry.status === 'taken' ? 1 : 0, refunds: 0, mended: false });
    },
    async refund(key, at) {
      const found = entries.get(key);
      if (!found) return keep({ ...closed(key), at });
      return found.status === 'taken' ? keep({ ...found, status: 'refunded', refunds: found.refunds + 1 }) : found;
    },
    find: async (key) => entries.get(key),
    async mend(key) {
      const found = entries.get(key);
      if (found) keep({ ...found, mended: true });
    },
    entries: async (after, limit) => [...entries.values()]
      .filter((entry) => entry.key > after).sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit),
    close: async () => undefined,
  };
}

function closed(key: string): Omit<Entry, 'at'> {
  return {
    key, orderId: '', amount: { amount: 0, currency: 'XXX' }, paymentMethod: '', reference: '',
    status: 'closed', charges: 0, refunds: 0, mended: false,
  };
}
