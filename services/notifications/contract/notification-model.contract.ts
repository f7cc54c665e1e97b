import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Notification } from '../domain/notification.ts';
import type { Cursor, NotificationModel } from '../model/port.ts';

export interface NotificationModelUnderTest {
  model: NotificationModel;
  /** Another process on the same data. */
  other(): Promise<NotificationModel>;
  close(): Promise<void>;
}

export function notification(orderId: string, change: Partial<Notification> = {}): Notification {
  return { orderId, customerId: 'c1', kind: 'order-confirmed', subject: `About ${orderId}`, text: 'It is "confirmed".\n', at: 1_000, ...change };
}

/** What every store of notifications keeps to. */
export function notificationModelContract(adapter: string, open: () => Promise<NotificationModelUnderTest>): void {
  describe(`notifications in ${adapter}`, () => {
    let under: NotificationModelUnderTest;
    let model: NotificationModel;
    beforeEach(async () => {
      under = await open();
      model = under.model;
    });
    afterEach(() => under.close());

    test('keeps the first for an order and kind', async () => {
      expect(await model.keep(notification('o1'))).toBe(true);
      expect(await model.keep(notification('o1', { text: 'again', at: 2_000 }))).toBe(false);
      expect(await model.keep(notification('o1', { kind: 'order-cancelled' }))).toBe(true);
      expect(await model.keep(notification('o2'))).toBe(true);
      const { notifications } = await model.list({}, undefined, 10);
      expect(notifications).toEqual([notification('o2'), notification('o1'), notification('o1', { kind: 'order-cancelled' })]);
    });

    test('keeps one of many that come at the same time, from several processes, and says which', async () => {
      const other = await under.other();
      const kept = await Promise.all(Array.from({ length: 60 }, (_, n) =>
        (n % 2 ? model : other).keep(notification(`o${n % 5}`, { text: `try ${n}` })).then((first) => (first ? `try ${n}` : undefined))));
      const { notifications } = await model.list({}, undefined, 100);
      expect(notifications.map(({ text }) => text).sort()).toEqual(kept.filter((each) => each !== undefined).sort());
      expect(notifications.map(({ orderId }) => orderId)).toEqual(['o4', 'o3', 'o2', 'o1', 'o0']);
    });

    test("lists newest first, of all or of one customer, in pages that stay as they were while more come in", async () => {
      for (let n = 1; n <= 7; n += 1) await model.keep(notification(`o${n}`, { at: Math.floor(n / 2), customerId: `c${n % 2}` }));
      for (const [customerId, all] of [[undefined, ['o7', 'o6', 'o5', 'o4', 'o3', 'o2', 'o1']], ['c1', ['o7', 'o5', 'o3', 'o1']], ['c9', []]] as const)
        for (const limit of [1, 2, 3, 7, 8]) {
          const found: string[] = [];
          for (let cursor: Cursor | undefined, more = true; more;) {
            const { notifications, next } = await model.list(customerId ? { customerId } : {}, cursor, limit);
            expect(notifications.length).toBeLessThanOrEqual(limit);
            found.push(...notifications.map(({ orderId }) => orderId));
            [cursor, more] = [next, next !== undefined];
            await model.keep(notification(`later-${found.length}-${limit}`, { at: 9, customerId: 'c8' }));
          }
          expect(found.filter((orderId) => !orderId.startsWith('later'))).toEqual(all);
        }
    });

    test('answers a ping', async () => {
      await expect(model.ping()).resolves.toBeUndefined();
    });
  });
}
