import { expect, test } from '@jest/globals';
import { clockOn } from './process-clock.ts';
import { Scheduler } from './scheduler.ts';

test('tasks happen in the order of their instants, each with all its consequences before the next', async () => {
  const scheduler = new Scheduler();
  const seen: string[] = [];
  const task = (name: string) => () => {
    seen.push(`${name} at ${scheduler.now}`);
    void Promise.resolve().then(() => Promise.resolve()).then(() => void seen.push(`after ${name}`));
  };
  scheduler.after(20, task('b'));
  scheduler.after(10, task('a'));
  scheduler.after(20, task('c'));
  scheduler.after(15, task('never'))();
  await scheduler.run(() => false);
  expect(seen).toEqual(['a at 10', 'after a', 'b at 20', 'after b', 'c at 20', 'after c']);
});

test('a sleep ends when its time is up or its signal aborts, and a timer takes a millisecond at least, as in Node', async () => {
  const scheduler = new Scheduler();
  const clock = clockOn({ now: () => scheduler.now / 1_000, later: (us, task) => scheduler.after(us, task) });
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name} at ${clock.now()}`);
  const stopping = new AbortController();
  void clock.sleep(1_000, stopping.signal).then(note('aborted'));
  void clock.sleep(50, AbortSignal.abort()).then(note('aborted before'));
  void clock.sleep(40).then(note('slept'));
  clock.after(0.2, note('timer'));
  clock.after(7, () => stopping.abort());
  await scheduler.run(() => false);
  expect(seen).toEqual(['aborted before at 0', 'timer at 1', 'aborted at 7', 'slept at 40']);
});
