import { expect, test } from '@jest/globals';
import type { LogRecord } from '../port.ts';
import { gate, messages, number } from '../contract/harness.ts';
import { stoppable, VirtualClock } from '../contract/virtual-clock.ts';
import { DurableLog } from './durable.ts';
import { memoryLog } from './log.ts';

const LEASE_MS = 6_000;
const reads = { group: 'g', topics: ['t'] };

async function world(partitions = 1) {
  const clock = new VirtualClock();
  const durable = new DurableLog();
  const incarnation = () => {
    const own = stoppable(clock);
    return { clock: own, log: memoryLog({ clock: own, durable, leaseMs: LEASE_MS }) };
  };
  const first = incarnation();
  await first.log.ensureTopics([{ name: 't', partitions }]);
  await first.log.publish('t', messages(4));
  return { clock, incarnation, first };
}

test('after a crash a new incarnation has the records and positions, and gets what was in hand once the lease ran out', async () => {
  const { clock, incarnation, first } = await world();
  await first.log.subscribe({ ...reads, batch: 2 }, async (batch) => {
    if (number(batch[0]!) === 2) await new Promise(() => undefined);
  });
  await clock.advance(1_000);
  first.clock.stop();

  const second = incarnation();
  const seen: LogRecord[] = [];
  await second.log.subscribe(reads, async (batch) => { seen.push(...batch); });
  await clock.advance(LEASE_MS - 2_500);
  expect(seen).toEqual([]);
  await clock.advance(LEASE_MS);
  expect(seen.map(number)).toEqual([2, 3]);
  expect((await second.log.lag('g'))[0]?.committed).toBe(4);
});

test('a member that sleeps past its lease cannot commit over the one that took over', async () => {
  const { clock, incarnation, first } = await world();
  const wake = gate();
  await first.log.subscribe(reads, async () => wake.opened);
  await clock.advance(100);
  first.clock.stop();

  const second = incarnation();
  await second.log.subscribe(reads, async () => undefined);
  await clock.advance(LEASE_MS * 2);
  await second.log.publish('t', messages(3, { first: 4 }));
  await clock.advance(1_000);
  const committed = async () => (await second.log.lag('g'))[0]?.committed;
  expect(await committed()).toBe(7);
  wake.open();
  await clock.advance(0);
  expect(await committed()).toBe(7);
  first.clock.start();
  await clock.advance(1_000);
  expect(await committed()).toBe(7);
});

test('a member that a heartbeat tells of its loss does not retry what it had in hand', async () => {
  const { clock, incarnation, first } = await world(2);
  let tries = 0;
  await first.log.subscribe(reads, async () => {
    tries += 1;
    throw new Error('never');
  });
  await clock.advance(200);
  first.clock.stop();
  const second = incarnation();
  const seen: number[] = [];
  await second.log.subscribe(reads, async (batch) => { seen.push(...batch.map(number)); });
  await clock.advance(LEASE_MS * 2);
  expect(seen.sort()).toEqual([0, 1, 2, 3]);
  const before = tries;
  first.clock.start();
  await clock.advance(1_000);
  expect(tries).toBe(before);
  await clock.advance(LEASE_MS);
  await second.log.publish('t', messages(10, { first: 4 }));
  await clock.advance(1_000);
  expect(tries).toBeGreaterThan(before);
});

test('a member that stops hands over what is idle at once, while it finishes a batch', async () => {
  const clock = new VirtualClock();
  const log = memoryLog({ clock, leaseMs: LEASE_MS });
  await log.ensureTopics([{ name: 't', partitions: 4 }]);
  const finish = gate();
  const first = await log.subscribe(reads, async () => finish.opened);
  const [inHand] = await log.publish('t', messages(1));
  await clock.advance(100);
  const second = await log.subscribe(reads, async () => undefined);
  const stopping = first.stop();
  await clock.advance(100);
  expect(second.assigned().map((each) => each.partition).sort()).toEqual([0, 1, 2, 3].filter((each) => each !== inHand?.partition));
  finish.open();
  await stopping;
  await clock.advance(100);
  expect(second.assigned()).toHaveLength(4);
});

test('the same run happens the same way', async () => {
  const run = async (): Promise<string[]> => {
    const { clock, incarnation, first } = await world();
    const trace: string[] = [];
    const note = (name: string) => async (batch: LogRecord[]) => {
      trace.push(`${clock.now()} ${name} ${batch.map(number).join()}`);
      if (trace.length % 3 === 0) throw new Error('now and then');
    };
    const second = incarnation();
    await first.log.subscribe(reads, note('first'));
    await second.log.subscribe(reads, note('second'));
    for (let n = 4; n < 40; n += 3) {
      await second.log.publish('t', messages(3, { first: n }));
      await clock.advance(n * 13);
      if (n === 22) first.clock.stop();
    }
    await clock.advance(LEASE_MS * 2);
    return trace;
  };
  const trace = await run();
  expect(await run()).toEqual(trace);
  expect(trace.at(0)).toBe('0 first 0,1,2,3');
  expect(trace.at(-1)).toContain('second');
});

test('a clock that is set back keeps nobody waiting', async () => {
  const clock = new VirtualClock();
  let shift = 3_600_000;
  const shifted = { now: () => clock.now() + shift, after: clock.after.bind(clock), sleep: clock.sleep.bind(clock) };
  const durable = new DurableLog();
  const [publisher, reader] = [memoryLog({ clock: shifted, durable }), memoryLog({ clock: shifted, durable })];
  await publisher.ensureTopics([{ name: 't', partitions: 1 }]);
  const seen: number[] = [];
  await reader.subscribe(reads, async (batch) => { seen.push(...batch.map(number)); });
  await clock.advance(1_000);
  shift = 0;
  await publisher.publish('t', messages(2));
  await clock.advance(1_000);
  expect(seen).toEqual([0, 1]);
});
