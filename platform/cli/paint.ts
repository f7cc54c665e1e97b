import { styleText } from 'node:util';
import type { Terminal } from './terminal.ts';

const COLOURS = {
  confirmed: 'green', ended: 'green', ready: 'green', done: 'green', cancelled: 'red', failed: 'red', 'compensation-failed': 'red',
  unready: 'red', unreachable: 'red', placed: 'yellow', running: 'yellow', compensating: 'yellow',
} as const;

/** Colours the names of states in a text that is for people, where colours are shown. */
export function paint({ colour }: Pick<Terminal, 'colour'>, text: string): string {
  if (!colour) return text;
  return text.replace(STATES, (state) => styleText(COLOURS[state as keyof typeof COLOURS], state, { validateStream: false }));
}

/** Whole words: `order-confirmed` is none. */
const STATES = new RegExp(`(?<![\\w-])(${Object.keys(COLOURS).join('|')})(?![\\w-])`, 'g');
