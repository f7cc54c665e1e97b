import { setTimeout as sleep } from 'node:timers/promises';
import { bar, progress } from '@tradewind/client/progress.ts';
import { topics } from '@tradewind/events/topology.ts';
import { behind } from '@tradewind/log/behind.ts';
import type { Log } from '@tradewind/log/port.ts';
import { Argument, type Command } from 'commander';
import { withApi, type Api } from '../api.ts';
import { withBrokers } from '../brokers.ts';
import { counted, number } from '../figures.ts';
import { group, verb } from '../manual.ts';
import { paint } from '../paint.ts';
import { table } from '../table.ts';
import { INTERRUPTED, write, type Context } from '../terminal.ts';

/** Read models that are folded from the log; each is a consumer group of this name. */
const NAMES = ['order-history'];
const EVERY_MS = 200;

interface Rebuild { state: 'never' | 'running' | 'done' | 'failed'; records: number; startedAt?: string; endedAt?: string; error?: string }

/** `tradewind projections …` */
export function projections(program: Command, context: Context): void {
  const parent = group(program, 'projections', {
    summary: 'read models: how far they are behind; rebuild them from the log',
    examples: ['projections list', 'projections rebuild order-history'],
  });
  list(parent, context);
  rebuild(parent, context);
}

function list(parent: Command, context: Context): void {
  verb(parent, 'list', {
    summary: 'list read models with how far each is behind the log, and its last rebuild',
    examples: ['projections list', "projections list --json | jq '.[].behind'"],
    exits: { 0: 'listed' },
  }).action(({ json }: { json?: true }, command: Command) => withApi(command, context, (api) => withBrokers(command, context, async ({ log }) => {
    const listed = await Promise.all(NAMES.map(async (name) => ({ name, behind: await behind(log, name), rebuild: await lastRebuild(api) })));
    write(context, json, listed, () => paint(context, table(
      ['PROJECTION', 'BEHIND', 'REBUILD', 'RECORDS', 'ENDED'],
      listed.map((each) => [each.name, number(each.behind), each.rebuild.state, number(each.rebuild.records), each.rebuild.endedAt ?? '']),
    )));
  })));
}

function rebuild(parent: Command, context: Context): void {
  verb(parent, 'rebuild', {
    summary: 'fold the log anew beside what is read meanwhile, and switch over',
    description: 'Folds the log from its beginning into a fresh read model, beside the one that is read meanwhile, and switches over when it is as far.',
    examples: ['projections rebuild order-history', 'projections rebuild order-history --no-wait'],
    exits: { 0: 'rebuilt; with --no-wait: begun', 1: 'the rebuild failed; what was there stays', [INTERRUPTED]: 'interrupted; the rebuild goes on' },
  })
    .addArgument(new Argument('<projection>', 'its name').choices(NAMES))
    .option('--no-wait', 'do not wait until it is done')
    .action((_name: string, { wait, json }: { wait: boolean; json?: true }, command: Command) => withApi(command, context, async (api) => {
      const begun = await api.ask<Rebuild>({ method: 'POST', path: '/history/rebuild' });
      const ended = wait ? await withBrokers(command, context, ({ log }) => untilEnded(api, context, log)) : begun;
      if (ended.state === 'running' && wait) context.exit(INTERRUPTED);
      if (ended.state === 'failed') context.exit(1);
      write(context, json, ended, () => paint(context, `${ended.state}  ${counted(ended.records, 'record')}${ended.error ? `  ${ended.error}` : ''}`));
    }));
}

async function untilEnded(api: Api, { screen, interrupted }: Context, log: Log): Promise<Rebuild> {
  const stop = interrupted();
  const shown = progress(screen);
  const ends = (await Promise.all(Object.values(topics).map((topic) => log.ends(topic)))).flat();
  const all = ends.reduce((sum, { first, next }) => sum + next - first, 0);
  for (;;) {
    const state = await lastRebuild(api);
    shown.show(`rebuilding  ${bar(state.records, Math.max(all, state.records))}`);
    if (state.state !== 'running' || stop.aborted) {
      shown.end();
      return state;
    }
    await sleep(EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

function lastRebuild(api: Api): Promise<Rebuild> {
  return api.ask<Rebuild>({ method: 'GET', path: '/history/rebuild' });
}
