import type { Screen } from '@tradewind/client/progress.ts';

/** What a command has of the world around it. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  /** Writes a line, or several. */
  out(text: string): void;
  err(text: string): void;
  /** Where long work shows how far it is. */
  screen: Screen;
  /** Whether `out` shows colours. */
  colour: boolean;
  /** Aborts at Ctrl-C. Whoever asks ends by itself from then on, with INTERRUPTED. */
  interrupted(): AbortSignal;
}

/** What a command registers itself with. `exit` sets the code that the program ends with; `args` is what it was called with. */
export interface Context extends Terminal { args: string[]; exit(code: number): void }

/** Exit code of what Ctrl-C ended. */
export const INTERRUPTED = 130;

/** What the user asked for cannot be done: one line, exit 2. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** Writes a result: as JSON, or as people read it. */
export function write({ out }: Terminal, json: true | undefined, value: unknown, text: () => string): void {
  out(json ? JSON.stringify(value, null, 2) : text());
}
