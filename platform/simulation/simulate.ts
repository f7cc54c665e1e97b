import { bar, type Progress } from '@tradewind/client/progress.ts';
import type { Played } from './play.ts';
import { play } from './play.ts';
import { planOf, type Plan } from './plan/plan.ts';
import { orderOf, storyOf } from './report/story.ts';
import { Summary } from './report/summary.ts';
import { shrink } from './shrink/shrink.ts';
import type { Breach } from './verdict/breach.ts';
import { playSeeds } from './system/player.ts';

interface Surroundings { say(line: string): void; progress: Progress; now(): number; threads: number }

/** Seeds that break are told one by one, up to so many; then it ends. */
const MOST_BROKEN = 5;
const MOST_STORY = 120;
const MOST_TRIES = 400;

/** Plays many seeds. @returns whether all of them held. */
export async function simulate(seeds: { from: number; count: number }, { say, progress, now, threads }: Surroundings): Promise<boolean> {
  const summary = new Summary();
  const broken: Played[] = [];
  const begun = now();
  try {
    await playSeeds(numbers(seeds), threads, (answer) => {
      summary.take(answer);
      if (answer.played.breaches.length > 0) broken.push(answer.played);
      progress.show(`seeds ${bar(summary.seeds, seeds.count)}, ${broken.length === 0 ? 'no breach' : `${broken.length} broken`}`);
      return broken.length < MOST_BROKEN;
    });
  } finally {
    progress.end();
  }
  for (const line of summary.lines({ wallMs: now() - begun, threads })) say(line);
  for (const each of broken) await tellBroken(each, say);
  if (broken.length >= MOST_BROKEN) say(`\nthat is enough: it ended after ${summary.seeds} of ${seeds.count} seeds`);
  say(broken.length === 0 ? `${summary.seeds} seeds, no breach` : `${summary.seeds} seeds, ${broken.length} broke something`);
  return broken.length === 0;
}

/** One seed that broke: what, how to have it again, and the story of its order. */
async function tellBroken({ seed, breaches }: Played, say: (line: string) => void): Promise<void> {
  say(`\nseed ${seed} breaks ${breaches.length === 1 ? 'a rule' : `${breaches.length} rules`}; have it again, and shrunk: make simulate SEED=${seed}`);
  tellBreaches(breaches, say);
  const again = await play(planOf(seed), { told: true });
  tellStory(breaches, again.lines ?? [], say);
}

export interface ReplayOptions {
  seed: number;
  /** Whose story is told, where nothing breaks too. */
  order?: string;
  /** Takes the whole trace. */
  write(lines: string[]): void;
}

/** Plays one seed and tells of it; shrinks it where it breaks. @returns whether it held. */
export async function replay({ seed, order, write }: ReplayOptions, { say, progress }: Omit<Surroundings, 'threads'>): Promise<boolean> {
  const plan = planOf(seed);
  const played = await play(plan, { told: true });
  const { breaches, lines = [] } = played;
  write(lines);
  say(`seed ${seed}: ${played.orders} orders accepted, ${played.portCalls} port calls, ${(played.simulatedMs / 1_000).toFixed(1)} s simulated, trace ${played.hash}`);
  say(`faults that struck: ${Object.entries(played.faults).map(([kind, times]) => `${kind} ${times}`).join(', ')}`);
  if (order !== undefined) tellOrder(order, lines, say);
  if (breaches.length === 0) say('no breach');
  else await tellShrunk(plan, breaches, { say, progress });
  return breaches.length === 0;
}

function tellOrder(order: string, lines: string[], say: (line: string) => void): void {
  const story = storyOf(order, lines);
  say(story.length === 0 ? `there is no order ${order}` : `the story of order ${order}:`);
  for (const line of story) say(line);
}

async function tellShrunk(plan: Plan, breaches: Breach[], { say, progress }: Pick<Surroundings, 'say' | 'progress'>): Promise<void> {
  tellBreaches(breaches, say);
  const [first] = breaches;
  if (!first) return;
  const breaks = async (smaller: Plan) => (await play(smaller)).breaches.some(({ invariant }) => invariant === first.invariant);
  const shrunk = await shrink(plan, breaks, { most: MOST_TRIES, tell: (tried) => progress.show(`shrinking: run ${tried}`) });
  progress.end();
  const again = await play(shrunk.plan, { told: true });
  say(`\nthe least that still breaks ${first.invariant}, after ${shrunk.tried} runs:`);
  say(`  replicas ${JSON.stringify(shrunk.plan.replicas)}`);
  for (const fault of shrunk.plan.faults) say(`  fault ${JSON.stringify(fault)}`);
  for (const step of shrunk.plan.steps) say(`  step  ${JSON.stringify(step)}`);
  tellBreaches(again.breaches, say);
  tellStory(again.breaches, again.lines ?? [], say);
}

function tellBreaches(breaches: Breach[], say: (line: string) => void): void {
  for (const { invariant, subject, detail } of breaches.slice(0, 8)) say(`  ${invariant}: ${subject}: ${detail}`);
}

function tellStory(breaches: Breach[], lines: string[], say: (line: string) => void): void {
  const order = breaches.map(orderOf).find((each) => each !== undefined);
  const story = order === undefined ? lines.slice(-MOST_STORY) : storyOf(order, lines);
  say(order === undefined ? '\nno order is named; the end of the trace:' : `\nthe story of order ${order}:`);
  if (story.length > MOST_STORY) say(`  (its last ${MOST_STORY} lines of ${story.length}; TRACE=file keeps all)`);
  for (const line of story.slice(-MOST_STORY)) say(line);
}

function* numbers({ from, count }: { from: number; count: number }): Generator<number> {
  for (let n = 0; n < count; n += 1) yield from + n;
}
