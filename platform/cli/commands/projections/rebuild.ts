import { setTimeout as sleep } from 'node:timers/promises';
import { bar, progress } from '@tradewind/client/progress.ts';
import type { Command } from 'commander';
import { withApi, type Api } from '../../api.ts';
import { number } from '../../figures.ts';
import { verb, type Manual } from '../../manual.ts';
import { paint } from '../../paint.ts';
import { INTERRUPTED, UserError, write, type Context } from '../../terminal.ts';
import { path, projection, rebuildState, told, underWay, type Rebuild } from './state.ts';

const EVERY_MS = 200;
/** Rates are those of the last so many looks. */
const LOOKS = 25;

interface Options { wait: boolean; json?: true; fromScratch?: true; acceptDifferences?: true }

const exits: Manual['exits'] = {
  0: 'switched; with --no-wait: begun', 1: 'it differs from what is read, or failed: what is read stays, and what was built is kept',
  [INTERRUPTED]: 'interrupted; the rebuild goes on',
};

export function rebuild(parent: Command, context: Context): void {
  const description = `Folds the log into a new generation, beside the one that is read meanwhile, compares the two, and switches over if they are equal.
The one that was read is kept. A rebuild that was interrupted, by whatever, goes on where it stood.`;
  building(parent, 'rebuild', { summary: 'fold the log anew beside what is read meanwhile, compare, and switch over', description, examples: ['projections rebuild order-history', 'projections rebuild order-history --no-wait'], exits })
    .option('--from-scratch', 'begin anew, even where a rebuild was interrupted')
    .action((_name: string, options: Options, command: Command) =>
      withApi(command, context, (api) => run(api, context, options, options.fromScratch ? 'scratch' : 'candidate')));
}

/** Not without something to switch to: that would begin a rebuild. */
export function switchTo(parent: Command, context: Context): void {
  building(parent, 'switch', {
    summary: 'switch to a generation that waits, since it differs or its rebuild failed',
    description: 'Takes the generation that waits to where the log is, compares it again, and switches to it: with --accept-differences also if it differs.',
    examples: ['projections switch order-history --accept-differences'], exits,
  }).action((_name: string, options: Options, command: Command) => withApi(command, context, async (api) => {
    const { generations } = await rebuildState(api);
    if (!generations.some(({ name }) => name === 'candidate')) throw new UserError('there is no new generation to switch to');
    await run(api, context, options, 'candidate');
  }));
}

export function rollback(parent: Command, context: Context): void {
  building(parent, 'rollback', {
    summary: 'go back to the generation that was read before the last switch',
    description: 'Takes the generation that was read before the last switch to where the log is, and switches back to it. The two differ, unless the last rebuild changed nothing: see what, then accept it.',
    examples: ['projections rollback order-history', 'projections rollback order-history --accept-differences'], exits,
  }).action((_name: string, options: Options, command: Command) => withApi(command, context, (api) => run(api, context, options, 'retired')));
}

function building(parent: Command, name: string, manual: Manual): Command {
  return verb(parent, name, manual).addArgument(projection())
    .option('--accept-differences', 'switch over even if it differs from what is read')
    .option('--no-wait', 'do not wait until it is done');
}

async function run(api: Api, context: Context, { wait, json, acceptDifferences }: Options, from: string): Promise<void> {
  const begun = await api.ask<Rebuild>({ method: 'POST', path: `${path}?from=${from}&acceptDifferences=${acceptDifferences === true}` });
  const ended = wait ? await untilEnded(api, context) : begun;
  if (wait && underWay(ended)) context.exit(INTERRUPTED);
  if (ended.state === 'failed' || ended.state === 'differs' || (wait && ended.state === 'discarded')) context.exit(1);
  write(context, json, ended, () => paint(context, told(ended)));
}

async function untilEnded(api: Api, { screen, interrupted }: Context): Promise<Rebuild> {
  const stop = interrupted();
  const shown = progress(screen);
  const looks: { at: number; records: number }[] = [];
  for (;;) {
    const state = await rebuildState(api);
    looks.push({ at: performance.now(), records: state.records });
    if (looks.length > LOOKS) looks.shift();
    shown.show(`rebuilding  ${bar(state.records, Math.max(state.total, state.records))}${pace(looks, state)}`);
    if (!underWay(state) || stop.aborted) {
      shown.end();
      return state;
    }
    await sleep(EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** ` 51,200/s, 12 s left`, or what it waits out. */
function pace(looks: { at: number; records: number }[], { records, total, error }: Rebuild): string {
  if (error) return `  ${error.code}`;
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last || last.records <= first.records) return '';
  const perSecond = (last.records - first.records) / ((last.at - first.at) / 1_000);
  return `  ${number(Math.round(perSecond))}/s, ${number(Math.ceil(Math.max(0, total - records) / perSecond))} s left`;
}
