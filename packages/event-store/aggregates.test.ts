import { beforeEach, expect, test } from '@jest/globals';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { Aggregates } from './aggregates.ts';
import { draft } from './contract/harness.ts';
import { DurableStore } from './memory/durable.ts';
import { memoryEventStore } from './memory/store.ts';
import type { EventStore, Wanted } from './port.ts';

interface Counted { n: number }
type Sum = number;

let store: EventStore;
let asked: Wanted[][];
let gate: Promise<void>;

beforeEach(() => {
  const inner = memoryEventStore({ topic: 't', name: 'test', clock: new VirtualClock() });
  asked = [];
  gate = Promise.resolve();
  store = {
    ...inner,
    async load(wanted) {
      asked.push(wanted);
      const loaded = await inner.load(wanted);
      await gate;
      return loaded;
    },
  };
});

function sums(more: { schema?: string; snapshotEvery?: number; cache?: number; over?: EventStore } = {}): Aggregates<Sum, Counted> {
  const { over = store, ...rest } = more;
  return new Aggregates<Sum, Counted>({
    store: over, schema: 'sum-1', decider: { initial: 0, evolve: (sum, event) => sum + event.n }, decode: (envelope) => envelope.data as Counted, ...rest,
  });
}

const write = (stream: string, ...numbers: number[]) => store.append([{ stream, expected: 'any', events: numbers.map((n) => draft(n)) }]);

test('states are folded from the events, in the order asked for', async () => {
  await write('a', 1, 2);
  await write('b', 10);
  expect(await sums().load(['b', 'none', 'a'])).toEqual([
    { stream: 'b', version: 1, state: 10 }, { stream: 'none', version: 0, state: 0 }, { stream: 'a', version: 2, state: 3 },
  ]);
});

test('what is known is not asked for again, unless it shall be fresh; then only what came since', async () => {
  const aggregates = sums();
  await write('a', 1, 2);
  await aggregates.load(['a']);
  await write('a', 3);
  expect(await aggregates.load(['a', 'b'])).toEqual([{ stream: 'a', version: 2, state: 3 }, { stream: 'b', version: 0, state: 0 }]);
  expect(await aggregates.load(['a'], true)).toEqual([{ stream: 'a', version: 3, state: 6 }]);
  expect(asked.map((wanted) => wanted.map(({ stream, after }) => `${stream} after ${after}`)))
    .toEqual([['a after undefined'], ['b after undefined'], ['a after 2']]);
});

test('what was appended need not be loaded', async () => {
  const aggregates = sums();
  const [before] = await aggregates.load(['a']);
  const [version] = await write('a', 5);
  aggregates.advance(before!, [{ n: 5 }], version!);
  expect(await aggregates.load(['a'])).toEqual([{ stream: 'a', version: 1, state: 5 }]);
  expect(asked).toHaveLength(1);
});

test.each([
  ['forgotten', (aggregates: Aggregates<Sum, Counted>) => aggregates.forget(['a'])],
  ['appended to', (aggregates: Aggregates<Sum, Counted>) => aggregates.advance({ stream: 'a', version: 2, state: 3 }, [{ n: 3 }], 3)],
])('a state that is %s while a load is under way does not spoil what is loaded', async (_, meanwhile) => {
  const aggregates = sums();
  await write('a', 1, 2);
  await aggregates.load(['a']);
  await write('a', 3);
  let open = () => undefined as void;
  gate = new Promise((resolve) => { open = resolve; });
  const loading = aggregates.load(['a'], true);
  meanwhile(aggregates);
  open();
  expect(await loading).toEqual([{ stream: 'a', version: 3, state: 6 }]);
  expect(await aggregates.load(['a'])).toEqual([{ stream: 'a', version: 3, state: 6 }]);
});

test('a slow load does not put an older state over a newer one', async () => {
  const aggregates = sums();
  await write('a', 1);
  let open = () => undefined as void;
  gate = new Promise((resolve) => { open = resolve; });
  const loading = aggregates.load(['a']);
  await write('a', 2);
  aggregates.advance({ stream: 'a', version: 1, state: 1 }, [{ n: 2 }], 2);
  open();
  expect(await loading).toEqual([{ stream: 'a', version: 1, state: 1 }]);
  expect(await aggregates.load(['a'])).toEqual([{ stream: 'a', version: 2, state: 3 }]);
});

test('a long stream is folded from its snapshot', async () => {
  const aggregates = sums({ snapshotEvery: 10 });
  for (let n = 1; n <= 25; n += 1) {
    const [before] = await aggregates.load(['a']);
    const [version] = await write('a', n);
    aggregates.advance(before!, [{ n }], version!);
  }
  const [kept] = await store.load([{ stream: 'a', snapshotSchema: 'sum-1' }]);
  expect(kept).toMatchObject({ version: 25, snapshot: { version: 20, state: 210 } });
  expect(await sums().load(['a'])).toEqual([{ stream: 'a', version: 25, state: 325 }]);
  expect(await sums({ schema: 'sum-2' }).load(['a'])).toEqual([{ stream: 'a', version: 25, state: 325 }]);
});

test('a snapshot that cannot be kept harms nothing', async () => {
  const aggregates = sums({ snapshotEvery: 1, over: { ...store, saveSnapshot: () => Promise.reject(new Error('disk full')) } });
  const [before] = await aggregates.load(['a']);
  const [version] = await write('a', 1);
  aggregates.advance(before!, [{ n: 1 }], version!);
  expect(await aggregates.load(['a'])).toEqual([{ stream: 'a', version: 1, state: 1 }]);
});

test('states beyond what the cache holds are loaded again', async () => {
  const aggregates = sums({ cache: 2 });
  await write('a', 1);
  await write('b', 2);
  await write('c', 3);
  await aggregates.load(['a', 'b']);
  expect(await aggregates.load(['a', 'c', 'b'])).toEqual([
    { stream: 'a', version: 1, state: 1 }, { stream: 'c', version: 1, state: 3 }, { stream: 'b', version: 1, state: 2 },
  ]);
  expect(await aggregates.load(['a'])).toEqual([{ stream: 'a', version: 1, state: 1 }]);
});

test('a database that was put back to an earlier state is believed', async () => {
  const clock = new VirtualClock();
  const over = { current: memoryEventStore({ topic: 't', name: 'test', clock }) };
  const aggregates = sums({ over: { ...over.current, load: (wanted) => over.current.load(wanted) } });
  await over.current.append([{ stream: 'a', expected: 0, events: [draft(1), draft(2)] }]);
  await aggregates.load(['a']);
  over.current = memoryEventStore({ topic: 't', name: 'test', clock, durable: new DurableStore() });
  await over.current.append([{ stream: 'a', expected: 0, events: [draft(7)] }]);
  expect(await aggregates.load(['a'], true)).toEqual([{ stream: 'a', version: 1, state: 7 }]);
});
