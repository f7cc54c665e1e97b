import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Book, NewEntry } from '../book.ts';

interface Opened { book: Book; /** The same book, opened once more. */ again(): Promise<Book>; close(): Promise<void> }

const entry = (key: string, more: Partial<NewEntry> = {}): NewEntry => ({
  key, orderId: `order-of-${key}`, amount: { amount: 9_000_000_000, currency: 'EUR' }, paymentMethod: 'card-ok', status: 'taken',
  reference: `reference-of-${key}`, at: Date.UTC(2026, 1, 3, 4, 5, 6, 789), ...more,
});

/** What every book of the simulated provider must do. */
export function bookContract(adapter: string, open: () => Promise<Opened>): void {
  describe(`the provider's book in ${adapter}`, () => {
    let opened: Opened;
    let book: Book;
    beforeAll(async () => {
      opened = await open();
      book = opened.book;
    });
    afterAll(() => opened.close());

    test('an entry is found as it was entered', async () => {
      const wanted = { ...entry('a'), charges: 1, refunds: 0, mended: false };
      expect(await book.enter(entry('a'))).toEqual(wanted);
      expect(await book.find('a')).toEqual(wanted);
      expect(await book.find('b')).toBeUndefined();
    });

    test('a key keeps its first outcome', async () => {
      await book.enter(entry('first'));
      expect(await book.enter(entry('first', { status: 'declined', reference: 'other' }))).toMatchObject({ status: 'taken', reference: 'reference-of-first', charges: 1 });
    });

    test('of many charges at once under one key, one takes the money', async () => {
      const entries = await Promise.all(Array.from({ length: 10 }, (_, index) => book.enter(entry('many', { reference: `r${index}` }))));
      expect(new Set(entries.map((each) => each.reference)).size).toBe(1);
      expect(await book.find('many')).toMatchObject({ charges: 1 });
    });

    test('money goes back once', async () => {
      await book.enter(entry('back'));
      await Promise.all([book.refund('back', 5), book.refund('back', 5)]);
      expect(await book.refund('back', 6)).toMatchObject({ status: 'refunded', charges: 1, refunds: 1, amount: { amount: 9_000_000_000 } });
    });

    test('a refund that finds nothing closes the key for good', async () => {
      expect(await book.refund('closed', 1_000)).toEqual({
        key: 'closed', orderId: '', amount: { amount: 0, currency: 'XXX' }, paymentMethod: '', reference: '', status: 'closed',
        charges: 0, refunds: 0, mended: false, at: 1_000,
      });
      expect(await book.enter(entry('closed'))).toMatchObject({ status: 'closed', charges: 0 });
    });

    test('a charge and a refund at once end in money taken and given back, or in none taken', async () => {
      for (let round = 0; round < 10; round += 1) {
        await Promise.all([book.enter(entry(`race-${round}`)), book.refund(`race-${round}`, 1)]);
        const found = await book.find(`race-${round}`);
        expect(['refunded 1 1', 'closed 0 0']).toContain(`${found?.status} ${found?.charges} ${found?.refunds}`);
      }
    });

    test('a declined charge stays declined whoever asks for a refund', async () => {
      await book.enter(entry('declined', { status: 'declined' }));
      expect(await book.refund('declined', 1)).toMatchObject({ status: 'declined', charges: 0, refunds: 0 });
    });

    test('a mended entry says so', async () => {
      await book.enter(entry('mended'));
      await book.mend('mended');
      await book.mend('of nothing');
      expect(await book.find('mended')).toMatchObject({ mended: true, status: 'taken' });
    });

    test('all entries come in pages by key, also to another reader', async () => {
      const added = Array.from({ length: 7 }, (_, index) => `page-${index}`);
      await Promise.all(added.map((key) => book.enter(entry(key))));
      const other = await opened.again();
      const keys: string[] = [];
      for (let after = ''; ;) {
        const page = await other.entries(after, 3);
        keys.push(...page.map((each) => each.key));
        if (page.length < 3) break;
        after = page.at(-1)!.key;
      }
      expect(keys).toEqual([...keys].sort());
      expect(keys.filter((key) => key.startsWith('page-'))).toEqual(added);
    });
  });
}
