import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '@tradewind/chassis/clock.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import type { Running } from '@tradewind/chassis/service.ts';
import { localWakeup, type Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { memoryLog } from '@tradewind/log/memory/log.ts';
import { logErrors, type Log } from '@tradewind/log/port.ts';
import { memoryTasks } from '@tradewind/tasks/memory/tasks.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Outbox } from '../outbox.ts';
import type { EventStore } from '../port.ts';
import { startRelay, type RelayOptions } from '../relay/relay.ts';
import { draft, drafts, task, TOPIC, waiting } from './harness.ts';

const TTL_MS = 400;

export interface RelayWorld { store: EventStore & Outbox; clock: Clock; close(): Promise<void> }

/** What the relay promises over any store; the brokers are those of memory. `wakeup` must be the store's own. */
export function relayContract(name: string, open: (wakeup: Wakeup) => Promise<RelayWorld>): void {
  describe(`relay over ${name}`, () => {
    const random = seededRandom(1);
    let world: RelayWorld;
    let wakeup: Wakeup;
    let log: Log;
    let tasks: Tasks;
    let relays: Running[];

    beforeEach(async () => {
      wakeup = localWakeup();
      world = await open(wakeup);
      relays = [];
      log = memoryLog({ clock: world.clock });
      tasks = memoryTasks({ clock: world.clock, random });
      await log.ensureTopics([{ name: TOPIC, partitions: 3 }]);
      await tasks.declare({
        exchanges: [{ name: 'commands', kind: 'direct' }], queues: [{ name: 'q' }],
        bindings: [1, 2].map((n) => ({ exchange: 'commands', queue: 'q', pattern: `route-${n}` })),
      });
    });

    afterEach(async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
      await Promise.all([log.close(), tasks.close()]);
      await world.close();
    });

    function start(more: Partial<RelayOptions> = {}): Registry {
      const metrics = new Registry();
      relays.push(startRelay({
        name: 'test', outbox: world.store, log, tasks, wakeup, clock: world.clock, random, metrics, logger: pino({ level: 'silent' }),
        settings: { ttlMs: TTL_MS, pollMs: 50, batch: 10 }, ...more,
      }));
      return metrics;
    }

    async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
      for (let waited = 0; !await condition(); waited += 5) {
        if (waited > 20_000) throw new Error(`never: ${condition.toString()}`);
        await world.clock.sleep(5);
      }
    }

    const emptied = (lane: 'log' | 'tasks') => until(async () => (await waiting(world.store, lane)).length === 0);

    async function published(): Promise<Envelope[]> {
      const pages = await Promise.all([0, 1, 2].map((partition) => log.read(TOPIC, partition, 0, 10_000)));
      return pages.flat().map((record) => record.envelope);
    }

    /** Versions of a stream in the order the log first had them. */
    const firsts = (envelopes: Envelope[], stream: string) =>
      [...new Set(envelopes.filter((each) => each.subject === stream).map((each) => each.streamversion))];

    const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

    async function write(streams: number, events: number): Promise<void> {
      for (let round = 0; round < events; round += 5)
        await Promise.all(Array.from({ length: streams }, (_, n) =>
          world.store.append([{ stream: `s-${n}`, expected: round, events: drafts(5).map((each) => ({ ...each, partitionkey: `key-${n}` })) }])));
    }

    test('events go to the log and tasks to their exchange, and leave the outbox', async () => {
      const metrics = start();
      await write(4, 20);
      await world.store.append([], { tasks: [task(1), task(2), task(1)] });
      await emptied('log');
      await emptied('tasks');
      const envelopes = await published();
      expect(envelopes).toHaveLength(80);
      for (let n = 0; n < 4; n += 1) expect(firsts(envelopes, `s-${n}`)).toEqual(upTo(20));
      expect(envelopes[0]).toMatchObject({ specversion: '1.0', data: { n: 1 }, streamversion: 1 });
      expect(await tasks.depths()).toMatchObject([{ queue: 'q', ready: 3 }]);
      const text = await metrics.metrics();
      expect(text).toContain('outbox_published_total{lane="log"} 80');
      expect(text).toContain('outbox_published_total{lane="tasks"} 3');
      expect(text).toContain('outbox_rows{lane="log"} 0');
    });

    test('what was there before the relay is found without a hint', async () => {
      await write(2, 15);
      start({ wakeup: localWakeup() });
      await emptied('log');
      await world.store.append([{ stream: 's-0', expected: 15, events: [draft()] }]);
      await emptied('log');
      expect(firsts(await published(), 's-0')).toEqual(upTo(16));
    });

    test('a relay that does not lead takes no hint for a reason to ask for the lead', async () => {
      start();
      await world.store.append([{ stream: 'first', expected: 0, events: [draft()] }], { tasks: [task(1)] });
      await emptied('log');
      await emptied('tasks');
      let asked = 0;
      start({
        outbox: { ...world.store, lead: (...call) => { asked += 1; return world.store.lead(...call); } },
        settings: { ttlMs: TTL_MS, pollMs: 3_600_000 },
      });
      await until(() => asked === 2); // a lane each
      await write(4, 20);
      await world.store.append([], { tasks: [task(1)] });
      await emptied('log');
      await emptied('tasks');
      expect(asked).toBe(2);
    });

    test.each([['before', 0], ['in the midst of', 7]])('a relay that sleeps past its lease %s publishing loses the lead, and nothing is lost or out of order', async (_, sent) => {
      await write(3, 20);
      let asleep = false;
      let wake = () => undefined as void;
      const woken = new Promise<void>((resolve) => { wake = resolve; });
      const removals: boolean[] = [];
      start({
        log: {
          async publish(topic, messages) {
            if (asleep) return log.publish(topic, messages);
            asleep = true;
            await log.publish(topic, messages.slice(0, sent));
            await woken;
            return log.publish(topic, messages.slice(sent));
          },
        },
        outbox: {
          ...world.store,
          async remove(lane, epoch, ids) {
            const removed = await world.store.remove(lane, epoch, ids);
            removals.push(removed);
            return removed;
          },
        },
      });
      await until(() => asleep);
      start();
      await emptied('log');
      await world.store.append([{ stream: 's-0', expected: 20, events: [draft(0, { partitionkey: 'key-0' })] }]);
      await emptied('log');
      wake();
      await until(() => removals.length > 0);
      expect(removals).toEqual([false]);
      await world.store.append([{ stream: 's-0', expected: 21, events: [draft(0, { partitionkey: 'key-0' })] }]);
      await emptied('log');
      const envelopes = await published();
      for (const [n, versions] of [22, 20, 20].entries()) expect(firsts(envelopes, `s-${n}`)).toEqual(upTo(versions));
      expect(envelopes.length).toBeGreaterThan(62);
    });

    test('a relay that stops hands the lead over at once', async () => {
      start({ settings: { ttlMs: 3_600_000, pollMs: 20 } });
      await write(1, 5);
      await emptied('log');
      await relays.shift()?.stop();
      start({ settings: { ttlMs: 3_600_000, pollMs: 20 } });
      await world.store.append([{ stream: 's-0', expected: 5, events: [draft()] }]);
      await emptied('log');
      expect(firsts(await published(), 's-0')).toEqual(upTo(6));
    });

    test('a broker that is down holds up its own lane only, and gets everything once it is back', async () => {
      let down = true;
      start({
        log: { publish: async (topic, messages) => down ? Promise.reject(logErrors.error('log-unavailable')) : log.publish(topic, messages) },
      });
      await write(2, 10);
      await world.store.append([{ stream: 's-0', expected: 10, events: [] }], { tasks: [task(1)] });
      await emptied('tasks');
      expect((await tasks.depths())[0]).toMatchObject({ ready: 1 });
      expect(await published()).toEqual([]);
      expect(await waiting(world.store, 'log')).toHaveLength(20);
      down = false;
      await emptied('log');
      for (const stream of ['s-0', 's-1']) expect(firsts(await published(), stream)).toEqual(upTo(10));
    });

    test('a message that cannot be published holds up its own key only, until it can', async () => {
      const keyed = (n: number, key: string) => ({ ...task(n), envelope: { ...task(n).envelope, partitionkey: key } });
      start({ settings: { ttlMs: TTL_MS, pollMs: 50, batch: 3 } });
      await world.store.append([], { tasks: [keyed(1, 'a'), keyed(9, 'b'), keyed(1, 'b'), keyed(2, 'a'), keyed(1, 'c'), keyed(2, 'b')] });
      await until(async () => (await waiting(world.store, 'tasks')).length === 3);
      const left = await waiting(world.store, 'tasks');
      expect(left.map((row) => row.lane === 'tasks' && row.routingKey)).toEqual(['route-9', 'route-1', 'route-2']);
      await tasks.declare({ exchanges: [], queues: [], bindings: [{ exchange: 'commands', queue: 'q', pattern: 'route-9' }] });
      await emptied('tasks');
      const seen: unknown[] = [];
      const consumer = await tasks.consume('q', { prefetch: 1 }, async ({ envelope }) => {
        if (envelope.partitionkey === 'b') seen.push((envelope.data as { n: number }).n);
        return { type: 'done' };
      });
      await until(() => seen.length === 3);
      expect(seen).toEqual([9, 1, 2]);
      await consumer.stop();
    });

    test('what is committed while a page is being published goes before what follows that page', async () => {
      await world.store.append([{ stream: 's-0', expected: 0, events: [draft()] }]);
      for (let n = 1; n <= 9; n += 1) await world.store.append([{ stream: `other-${n}`, expected: 0, events: [draft()] }]);
      await world.store.append([{ stream: 's-0', expected: 1, events: [draft()] }]);
      let scans = 0;
      start({
        settings: { ttlMs: TTL_MS, pollMs: 50, batch: 9 },
        outbox: { ...world.store, horizon: async () => 0, scan: async (lane, floor, limit) => {
          if (lane !== 'log' || (scans += 1) > 1) return world.store.scan(lane, floor, limit);
          return (await world.store.scan(lane, floor, limit + 1)).slice(1); // the first row's transaction has yet to commit
        } },
      });
      await emptied('log');
      expect(firsts(await published(), 's-0')).toEqual([1, 2]);
    });

    test.each([
      ['the next page is read while one is published, where nothing can appear before it', Infinity, [0, 0, 24]],
      ['where something can, the next page begins where this one did', 0, [0, 0, 0]],
    ])('%s', async (_, horizon, floors) => {
      await write(3, 10);
      const asked: { floor: number; published: number }[] = [];
      let publishedRows = 0;
      start({
        settings: { ttlMs: 60_000, pollMs: 50, batch: 12, fullScanMs: 3_600_000 },
        log: { async publish(topic, messages) {
          await world.clock.sleep(20);
          publishedRows += messages.length;
          return log.publish(topic, messages);
        } },
        outbox: { ...world.store, horizon: async () => horizon, scan: async (lane, floor, limit) => {
          if (lane === 'log') asked.push({ floor, published: publishedRows });
          return world.store.scan(lane, floor, limit);
        } },
      });
      await emptied('log');
      expect(await published()).toHaveLength(30);
      const first = asked.slice(0, 3);
      const base = horizon > 0 ? (first[2]?.floor ?? 0) - 24 : 0; // ids of a real database go on from test to test
      expect(first.map(({ floor }) => (floor === 0 ? 0 : floor - base))).toEqual(floors);
      expect(first.map((each) => each.published)).toEqual(horizon > 0 ? [0, 12, 12] : [0, 12, 24]);
      for (let n = 0; n < 3; n += 1) expect(firsts(await published(), `s-${n}`)).toEqual(upTo(10));
    });

    test('what was committed since a page was read goes before what follows that page, whatever is said of it by then', async () => {
      await write(1, 10);
      await world.store.append([{ stream: 'late', expected: 0, events: [draft(0, { partitionkey: 'late' })] }]);
      for (let n = 1; n <= 10; n += 1) await world.store.append([{ stream: `other-${n}`, expected: 0, events: [draft()] }]);
      await world.store.append([{ stream: 'late', expected: 1, events: [draft(0, { partitionkey: 'late' })] }]);
      const all = await waiting(world.store, 'log');
      const hidden = all.find(({ envelope }) => envelope.subject === 'late')?.id;
      let scans = 0;
      let complete = false;
      start({
        settings: { ttlMs: 60_000, pollMs: 50, batch: 4, fullScanMs: 3_600_000 },
        outbox: { ...world.store,
          horizon: async () => (complete ? all.at(-1)?.id ?? 0 : (hidden ?? 0) - 1),
          scan: async (lane, floor, limit) => {
            if (lane !== 'log') return world.store.scan(lane, floor, limit);
            const rows = await world.store.scan(lane, floor, limit + 1);
            const seen = complete ? rows : rows.filter(({ id }) => id !== hidden);
            // Its transaction commits as the page that should have had it is on its way.
            if (rows.some(({ id }) => id === hidden)) complete = (scans += 1) > 0;
            return seen.slice(0, limit);
          } },
      });
      await emptied('log');
      expect(firsts(await published(), 'late')).toEqual([1, 2]);
    });

    test('a store that does not answer for a while is asked again', async () => {
      let failures = 3;
      start({
        outbox: { ...world.store, scan: async (lane, floor, limit) => {
          if (lane === 'log' && failures > 0) {
            failures -= 1;
            throw new Error('connection refused');
          }
          return world.store.scan(lane, floor, limit);
        } },
      });
      await write(1, 5);
      await emptied('log');
      expect(failures).toBe(0);
    });
  });
}
