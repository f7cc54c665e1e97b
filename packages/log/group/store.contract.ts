import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GroupStore } from './store.ts';

interface Opened { store: GroupStore; /** Creates a topic of one partition. */ topic(name: string): Promise<void>; close(): Promise<void> }

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const LONG_MS = 60_000;

/** What the storage of a log owes to the members of its groups: who holds what, and who may commit. */
export function groupStoreContract(name: string, open: () => Promise<Opened>): void {
  describe(`${name} keeps groups`, () => {
    let opened: Opened | undefined;
    const use = (): Opened => {
      if (!opened) throw new Error('the store did not open');
      return opened;
    };
    beforeAll(async () => { opened = await open(); });
    afterAll(async () => { await opened?.close(); });

    /** Two members of a group, on a topic of its own with one partition. */
    async function two(topic: string) {
      const { store } = use();
      await use().topic(topic);
      const [a, b] = ['a', 'b'].map((member) => ({ group: `of-${topic}`, member: `${topic}-${member}`, topics: [topic] }));
      for (const member of [a!, b!]) {
        await store.join(member, 'beginning');
        await store.beat(member, LONG_MS);
      }
      return { store, a: a!, b: b!, partition: { topic, partition: 0 } };
    }

    test('a lease has one holder; it is free when it ran out, was released, or its holder left', async () => {
      const { store, a, b, partition } = await two('leases');
      const [taken] = await store.take(a, [partition], LONG_MS);
      expect(taken).toMatchObject({ position: 0, lease: { epoch: 1 } });
      expect(await store.take(b, [partition], LONG_MS)).toEqual([]);
      expect((await store.beat(b, LONG_MS)).claims).toEqual([{ ...partition, epoch: 1, holder: a.member }]);
      await store.release([taken!.lease]);
      expect((await store.take(b, [partition], 1))[0]?.lease.epoch).toBe(2);
      await sleep(10);
      expect((await store.take(a, [partition], LONG_MS))[0]?.lease.epoch).toBe(3);
      await store.leave(a);
      const view = await store.beat(b, LONG_MS);
      expect(view).toEqual({ members: [{ member: b.member, topics: b.topics }], claims: [{ ...partition, epoch: 3 }] });
    });

    test('a lease that ran out but that nobody took is good again at the next heartbeat', async () => {
      const { store, a, b, partition } = await two('renewed');
      const [taken] = await store.take(a, [partition], 1);
      await sleep(10);
      expect((await store.beat(a, LONG_MS)).claims).toEqual([{ ...partition, epoch: 1, holder: a.member }]);
      expect(await store.take(b, [partition], LONG_MS)).toEqual([]);
      expect(await store.commit(taken!.lease, 5)).toBe(true);
    });

    test('only the present epoch commits and releases, even for the same member', async () => {
      const { store, a, b, partition } = await two('epochs');
      const [first] = await store.take(a, [partition], 1);
      await sleep(10);
      const [second] = await store.take(b, [partition], LONG_MS);
      expect(await store.commit(first!.lease, 7)).toBe(false);
      expect(await store.commit(second!.lease, 3)).toBe(true);
      await store.release([second!.lease]);
      const [third] = await store.take(a, [partition], LONG_MS);
      expect(third?.position).toBe(3);
      expect(await store.commit(first!.lease, 7)).toBe(false);
      await store.release([first!.lease]);
      expect(await store.commit(third!.lease, 4)).toBe(true);
    });

    test('a member that was silent for too long is none, until it is heard of again', async () => {
      const { store, a, b } = await two('silent');
      await store.beat(a, 1);
      await sleep(10);
      expect((await store.beat(b, LONG_MS)).members.map((each) => each.member)).toEqual([b.member]);
      await store.beat(a, LONG_MS);
      expect((await store.beat(b, LONG_MS)).members.map((each) => each.member).sort()).toEqual([a.member, b.member]);
    });
  });
}
