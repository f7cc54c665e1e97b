import { expect, test } from '@jest/globals';
import { announce } from './announce.ts';
import type { Attempt } from './attempts.ts';
import { PlayElsewhere, type Elsewhere } from './elsewhere.ts';
import type { Saying } from './told.ts';

const attempt = (orderId: string, more: Partial<Attempt> = {}): Attempt => ({ orderId, at: 1, outcome: 'waiting', ...more });
const ended: Saying = { type: 'ended', oddities: ['odd'], resends: { ECONNRESET: 3 } };
const numbered = (sayings: Saying[]) => sayings.map((saying, at) => JSON.stringify({ n: at + 1, ...saying }));

/** Says some lines at once and the others when it is told to end. */
function saying(first: string[], then: string[]): Elsewhere {
  const told = Promise.withResolvers<void>();
  return {
    async run(line) {
      first.forEach(line);
      await told.promise;
      then.forEach(line);
      return then.length === 0 ? 2 : 0;
    },
    end: () => Promise.resolve(told.resolve()),
  };
}

test('what a load says is known', async () => {
  const lines = numbered([
    { type: 'started' }, { type: 'attempt', attempt: attempt('a') }, { type: 'attempt', attempt: attempt('a', { outcome: 'acknowledged', acknowledgedAt: 9, tries: 2 }) },
    { type: 'grew', at: 11, settled: 1 }, ended,
  ]);
  const play = new PlayElsewhere(saying(lines.slice(0, 2), lines.slice(2)));
  await play.start();
  expect(play.attempts).toEqual([attempt('a')]);
  await play.stop();
  expect(play.attempts).toEqual([{ orderId: 'a', at: 1, outcome: 'acknowledged', acknowledgedAt: 9, tries: 2 }]);
  expect([play.settled, play.grew, play.resends, play.oddities]).toEqual([1, [11], { ECONNRESET: 3 }, ['odd']]);
});

test('lines that are missing, a complaint, and an end without a last word are errors', async () => {
  const [started = '', , last = ''] = numbered([{ type: 'started' }, { type: 'grew', at: 1, settled: 1 }, ended]);
  const outcome = async (...then: string[]) => {
    const play = new PlayElsewhere(saying([started], then));
    await play.start();
    return play.stop();
  };
  await expect(outcome(last)).rejects.toThrow('1 lines are missing');
  await expect(outcome('load: no way', last)).rejects.toThrow('load: no way');
  await expect(outcome()).rejects.toThrow('with code 2 and without a last word');
});

test('an order is announced when it is sent, and once more when its end is known', async () => {
  const said: Saying[] = [];
  const [a, b] = [attempt('a'), attempt('b', { outcome: 'refused' })];
  const play = { attempts: [a], settled: 0, grew: [] as number[] };
  const over = new AbortController();
  const announcing = announce(play, (saying) => said.push(structuredClone(saying)), over.signal);
  a.outcome = 'acknowledged';
  play.attempts.push(b);
  Object.assign(play, { settled: 1, grew: [5] });
  over.abort();
  await announcing;
  expect(said).toEqual([
    { type: 'attempt', attempt: attempt('a') }, { type: 'attempt', attempt: attempt('a', { outcome: 'acknowledged' }) }, { type: 'attempt', attempt: b },
    { type: 'grew', at: 5, settled: 1 },
  ]);
});
