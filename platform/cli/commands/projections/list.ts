import { behind } from '@tradewind/log/behind.ts';
import type { Command } from 'commander';
import { withApi } from '../../api.ts';
import { withBrokers } from '../../brokers.ts';
import { number } from '../../figures.ts';
import { verb } from '../../manual.ts';
import { paint } from '../../paint.ts';
import { table } from '../../table.ts';
import { write, type Context } from '../../terminal.ts';
import { NAMES, rebuildState } from './state.ts';

export function list(parent: Command, context: Context): void {
  verb(parent, 'list', {
    summary: 'list read models with how far each is behind the log, its generations and its last rebuild',
    description: 'Lists read models with how far each is behind the log, its generations (the one that is read, a new one, the one that was read before) and its last rebuild.',
    examples: ['projections list', "projections list --json | jq '.[].behind'"],
    exits: { 0: 'listed' },
  }).action(({ json }: { json?: true }, command: Command) => withBrokers(command, context, ({ log }) => withApi(command, context, async (api) => {
    const listed = await Promise.all(NAMES.map(async (name) => {
      const { generations, ...rebuild } = await rebuildState(api);
      return { name, behind: await behind(log, name), rebuild, generations };
    }));
    write(context, json, listed, () => [
      paint(context, table(
        ['PROJECTION', 'BEHIND', 'REBUILD', 'RECORDS', 'ENDED'],
        listed.map((each) => [each.name, number(each.behind), each.rebuild.state, number(each.rebuild.records), each.rebuild.endedAt ?? '']),
      )),
      table(
        ['GENERATION', 'ORDERS', 'RECORDS'],
        listed.flatMap((each) => each.generations.map(({ name, orders, records }) => [`${each.name} ${name}`, number(orders), number(records)])),
      ),
    ].join('\n\n'));
  })));
}
