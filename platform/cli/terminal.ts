/** What a command has of the world around it. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  /** Writes a line, or several. */
  out(text: string): void;
  err(text: string): void;
}

/** A command that ended as it should, with this exit code, or that could not be done: one line for the user, exit 2. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
