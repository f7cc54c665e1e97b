import { Command, CommanderError } from 'commander';
import { ledger } from './commands/ledger.ts';
import { token } from './commands/token.ts';
import type { Context, Terminal } from './terminal.ts';

const commands = [token, ledger];

const FAILED = 2;

/** Runs one command. Whatever goes wrong is one line. @returns the exit code. */
export async function run(args: string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const program = programFor({ ...terminal, exit: (value) => { code = value; } });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : FAILED;
    terminal.err(`tradewind: ${oneLine(error)}`);
    return FAILED;
  }
}

function programFor(context: Context): Command {
  const program = new Command('tradewind')
    .description('Talks to a Tradewind platform that runs on this machine (`make demo` or `make start`).')
    .option('--data <folder>', 'data folder of the platform (default: $DATA, or .tradewind)')
    .addHelpText('after', `
Examples:
  $ tradewind token --customer c-17              a token for one customer, for an hour
  $ tradewind ledger check --wait 60s            wait for what is in flight, then check the books

Exit codes:
  0  done
  2  not done; one line says why
Commands that judge add their own: see their help.`);
  for (const register of commands) register(program, context);
  settle(program, context);
  return program;
}

/** Commander's own words go where ours go, and it ends nothing by itself. */
function settle(command: Command, { out, err }: Context): void {
  command.exitOverride().showSuggestionAfterError(false).configureOutput({
    writeOut: (text) => out(text.trimEnd()),
    writeErr: (text) => err(text.trimEnd()),
    outputError: (text, write) => write(`tradewind: ${text.replace(/^error: /, '')}`),
  });
  for (const each of command.commands) settle(each, { out, err } as Context);
}

function oneLine(error: unknown): string {
  const { message, errors } = error as { message?: string; errors?: unknown[] };
  const text = message || String(errors?.[0] ?? error); // several refused connections come together, without a message
  return text.split('\n')[0] ?? text;
}
