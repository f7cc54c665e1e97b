import type { Command } from 'commander';
import { withApi } from '../../api.ts';
import { verb } from '../../manual.ts';
import { write, type Context } from '../../terminal.ts';
import { path, projection, type Rebuild } from './state.ts';

export function discard(parent: Command, context: Context): void {
  verb(parent, 'discard', {
    summary: 'stop a rebuild, or refuse what it made, and drop that',
    examples: ['projections discard order-history'],
    exits: { 0: 'it will be gone in a moment, or there was none' },
  }).addArgument(projection()).action((_name: string, { json }: { json?: true }, command: Command) => withApi(command, context, async (api) => {
    const state = await api.ask<Rebuild>({ method: 'DELETE', path });
    write(context, json, state, () => state.state === 'discarding' ? 'The new generation is being dropped.' : 'There is no new generation.');
  }));
}

export function dropOld(parent: Command, context: Context): void {
  verb(parent, 'drop-old', {
    summary: 'drop the generation that was read before the last switch',
    description: 'Drops the generation that was read before the last switch: its disk space is free, and there is no way back to it. The next switch does so too.',
    examples: ['projections drop-old order-history'],
    exits: { 0: 'it is gone, or there was none' },
  }).addArgument(projection()).action((name: string, { json }: { json?: true }, command: Command) => withApi(command, context, async (api) => {
    await api.ask({ method: 'DELETE', path: '/history/retired' });
    write(context, json, { projection: name, retired: false }, () => `The earlier generation of ${name} is gone: there is no way back to it.`);
  }));
}
