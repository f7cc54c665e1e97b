/** What a command has of the world around it. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  /** Writes a line, or several. */
  out(text: string): void;
  err(text: string): void;
}

/** What a command registers itself with. `exit` sets the code that the program ends with. */
export interface Context extends Terminal { exit(code: number): void }

/** What the user asked for cannot be done: one line, exit 2. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
