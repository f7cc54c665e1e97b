import { expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { errorCatalogue, messageErrors } from '@tradewind/events/errors.ts';
import fc from 'fast-check';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { VirtualClock } from '../../../test/virtual-clock.ts';
import { number } from '../contract/harness.ts';
import type { LogRecord } from '../port.ts';
import { recordAt } from './contract/lot.contract.ts';
import { DurableLot, memoryParkingLot } from './memory/lot.ts';
import { Parking } from './parking.ts';
import { BEHIND, type ParkingLot } from './port.ts';
import { startRedriving } from './redriving.ts';

const errors = errorCatalogue('test', { down: { title: 'Down', canRetry: true } });
const GROUP = 'g';
const logger = pino({ level: 'silent' });

type Outcome = 'ok' | 'bug' | 'poison' | 'outage';

/** A consumer with an inbox, whose handler does to each record what a script says, one outcome a try; then all is well. */
class Consumer {
  readonly clock = new VirtualClock();
  readonly durable = new DurableLot();
  readonly lot: ParkingLot = memoryParkingLot({ clock: this.clock, durable: this.durable });
  readonly metrics = new Registry();
  readonly effects: LogRecord[] = [];
  readonly script: Map<number, Outcome[]>;
  parking = this.member();
  tries = 0;

  constructor(script: [number, Outcome[]][] = []) {
    this.script = new Map(script);
  }

  /** What another process that takes over begins with. */
  member(): Parking {
    return new Parking({ lot: this.lot, group: GROUP, clock: this.clock, logger, metrics: this.metrics });
  }

  readonly handle = async (record: LogRecord): Promise<void> => {
    this.tries += 1;
    await this.clock.sleep(record.offset % 3);
    const outcome = this.script.get(number(record))?.shift() ?? 'ok';
    if (outcome === 'bug') throw new TypeError(`cannot ${number(record)}`);
    if (outcome === 'poison') throw messageErrors.error('message-from-the-future');
    if (outcome === 'outage') throw errors.error('down');
    if (!this.effects.some((each) => number(each) === number(record))) this.effects.push(record);
  };

  /** As a log does: what was rejected comes again. */
  async deliver(batch: LogRecord[], parking = this.parking): Promise<void> {
    for (;;)
      try {
        return await parking.records(batch, { width: 3 }, this.handle);
      } catch {
        await this.clock.sleep(50);
      }
  }

  async redriven(work: () => Promise<void>): Promise<void> {
    const redriving = startRedriving({ parking: this.parking, clock: this.clock, random: seededRandom('r'), logger, everyMs: 20, handle: this.handle });
    await work();
    await redriving.stop();
  }

  async parked(): Promise<number[]> {
    return (await this.lot.list(GROUP, { limit: 1_000 })).map(({ offset }) => offset);
  }
}

const effectsOf = ({ effects }: Consumer, key: string) => effects.filter((each) => each.key === key).map(({ offset }) => offset);

test('a record from the future is parked at once, with what comes of its key; other keys go on', async () => {
  const consumer = new Consumer([[0, ['poison', 'poison']]]);
  await consumer.deliver([recordAt('a', 0), recordAt('b', 1), recordAt('a', 2)]);
  await consumer.deliver([recordAt('a', 3), recordAt('b', 4)]);
  expect(consumer.effects.map(number)).toEqual([1, 4]);
  expect((await consumer.lot.list(GROUP, { limit: 9 })).map(({ offset, code, attempts }) => [offset, code, attempts])).toEqual(
    [[0, 'message-from-the-future', 1], [2, BEHIND, 0], [3, BEHIND, 0]]);
  expect(await consumer.metrics.metrics()).toMatch(/^parked_total\{group="g",code="message-from-the-future"\} 1\n[^]*parked_total\{group="g",code="waits-behind"\} 2$/m);
  expect(await consumer.metrics.getSingleMetric('parked_records')?.get()).toMatchObject({ values: [{ value: 0, labels: { group: 'g' } }] });
});

test('a record that fails for no known reason is tried five times within a second, and its key parked', async () => {
  const consumer = new Consumer([[0, Array<Outcome>(5).fill('bug')], [1, ['bug', 'bug']]]);
  const began = consumer.clock.now();
  await consumer.deliver([recordAt('a', 0), recordAt('b', 1), recordAt('c', 2), recordAt('c', 3)]);
  expect(consumer.clock.now() - began).toBeLessThan(1_000);
  expect(consumer.effects.map(number).sort()).toEqual([1, 2, 3]);
  expect(await consumer.lot.list(GROUP, { limit: 9 })).toEqual([expect.objectContaining({ offset: 0, attempts: 5, code: 'handler-failed', firstAt: began })]);
});

test('tries are counted over outages in between', async () => {
  const consumer = new Consumer([[0, ['bug', 'bug', 'outage', 'bug', 'outage', 'bug', 'bug']]]);
  await consumer.deliver([recordAt('a', 0)]);
  expect(await consumer.lot.list(GROUP, { limit: 9 })).toEqual([expect.objectContaining({ offset: 0, attempts: 5 })]);
});

test('an outage parks nothing, and rejects the batch', async () => {
  const consumer = new Consumer([[0, Array<Outcome>(30).fill('outage')]]);
  await expect(consumer.parking.records([recordAt('a', 0)], { width: 1 }, consumer.handle)).rejects.toMatchObject({ code: 'down' });
  await consumer.deliver([recordAt('a', 0)]);
  expect([consumer.effects.map(number), await consumer.parked()]).toEqual([[0], []]);
});

test('what was parked by a former holder holds back what comes to the next one', async () => {
  const consumer = new Consumer([[0, ['poison']]]);
  await consumer.deliver([recordAt('a', 0)]);
  await consumer.deliver([recordAt('a', 1), recordAt('b', 2)], consumer.member());
  expect([consumer.effects.map(number), await consumer.parked()]).toEqual([[2], [0, 1]]);
});

test('a record is redriven before what came behind it; one that fails again keeps its key parked', async () => {
  const consumer = new Consumer([[0, ['poison', 'poison']]]);
  await consumer.deliver([recordAt('a', 0), recordAt('a', 1)]);
  await consumer.redriven(async () => {
    await consumer.lot.redrive(GROUP);
    await consumer.clock.until(async () => (await consumer.lot.list(GROUP, { limit: 1 }))[0]?.attempts === 2);
    expect(consumer.effects).toEqual([]);
    expect((await consumer.lot.standing(GROUP)).wanted).toBe(false);
    await consumer.lot.redrive(GROUP, 'a');
    await consumer.clock.until(async () => (await consumer.parked()).length === 0);
  });
  await consumer.deliver([recordAt('a', 2)]);
  expect(consumer.effects.map(number)).toEqual([0, 1, 2]);
});

test('a dropped record is not handled, also when the log delivers it again', async () => {
  const consumer = new Consumer([[0, ['poison']]]);
  await consumer.deliver([recordAt('a', 0)]);
  const [parked] = await consumer.lot.list(GROUP, { limit: 1 });
  await consumer.lot.drop(GROUP, parked!.id, { by: 'ada', reason: 'a test', at: 1 });
  await consumer.deliver([recordAt('a', 0), recordAt('a', 1)]);
  await consumer.deliver([recordAt('a', 0)], consumer.member());
  expect(consumer.effects.map(number)).toEqual([1]);
});

test('where everything fails, batches come again rather than fill the lot', async () => {
  const consumer = new Consumer(Array.from({ length: 9 }, (_, n): [number, Outcome[]] => [n, ['poison']]));
  const parking = new Parking({ lot: consumer.lot, group: GROUP, clock: consumer.clock, logger, metrics: consumer.metrics, most: 2 });
  const batch = ['a', 'b', 'c'].map((key, n) => recordAt(key, n));
  await expect(parking.records(batch, { width: 1 }, consumer.handle)).rejects.toMatchObject({ code: 'parking-full', canRetry: true });
  expect(await consumer.parked()).toEqual([0, 1]);
});

const outcome = fc.constantFrom<Outcome>('ok', 'bug', 'bug', 'bug', 'poison', 'outage');
const run = fc.record({
  keys: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 24 }),
  scripts: fc.array(fc.array(outcome, { maxLength: 12 }), { minLength: 24, maxLength: 24 }),
  batch: fc.integer({ min: 1, max: 6 }),
  /** Batches that come again to another process: their position was not committed. */
  crashes: fc.uniqueArray(fc.nat(12)),
  live: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }),
});

test('whatever fails and crashes, effects of a key are in log order; what has none is parked, and in the end, redriven amid live traffic, all has', async () => {
  await fc.assert(fc.asyncProperty(run, async ({ keys, scripts, batch, crashes, live }) => {
    const consumer = new Consumer(scripts.map((script, n): [number, Outcome[]] => [n, [...script]]));
    const records = keys.map((key, n) => recordAt(key, n));
    for (let from = 0, n = 0; from < records.length; from += batch, n += 1) {
      await consumer.deliver(records.slice(from, from + batch));
      if (!crashes.includes(n)) continue;
      consumer.parking = consumer.member();
      await consumer.deliver(records.slice(Math.max(0, from - batch), from + batch));
    }
    const parked = await consumer.parked();
    for (const key of ['a', 'b', 'c']) {
      const all = records.filter((each) => each.key === key).map(({ offset }) => offset);
      const [had, waits] = [effectsOf(consumer, key), all.filter((offset) => parked.includes(offset))];
      expect([...had, ...waits.filter((offset) => !had.includes(offset))]).toEqual(all);
    }
    const more = live.map((key, n) => recordAt(key, records.length + n));
    await consumer.redriven(async () => {
      await consumer.lot.redrive(GROUP);
      for (let from = 0; from < more.length; from += batch) await consumer.deliver(more.slice(from, from + batch));
      await consumer.clock.until(async () => {
        await consumer.lot.redrive(GROUP);
        return (await consumer.parked()).length === 0;
      });
    });
    for (const key of ['a', 'b', 'c'])
      expect(effectsOf(consumer, key)).toEqual([...records, ...more].filter((each) => each.key === key).map(({ offset }) => offset));
  }), { numRuns: 60 });
});
