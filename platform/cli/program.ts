import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { completion } from './commands/completion.ts';
import { customers } from './commands/customers.ts';
import { deadLetters } from './commands/dead-letters.ts';
import { events } from './commands/events.ts';
import { ledger } from './commands/ledger.ts';
import { orders } from './commands/orders/orders.ts';
import { parked } from './commands/parked.ts';
import { products } from './commands/products.ts';
import { projections } from './commands/projections/projections.ts';
import { sagas } from './commands/sagas.ts';
import { status } from './commands/status.ts';
import { token } from './commands/token.ts';
import { topologies } from './place.ts';
import type { Context, Terminal } from './terminal.ts';

const commands = [status, orders, customers, products, sagas, projections, deadLetters, parked, events, ledger, token, completion];

const FAILED = 2;
const { version: VERSION } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string };

/** Runs one command. Whatever goes wrong is one line. @param ends told of the exit code before the command has ended. @returns the exit code. */
export async function run(args: string[], terminal: Terminal, ends: (code: number) => void = () => undefined): Promise<number> {
  let code = 0;
  const exit = (value: number): void => {
    code = value;
    ends(value);
  };
  const program = programFor({ ...terminal, args, exit });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : FAILED;
    terminal.err(`tradewind: ${oneLine(error)}`);
    return FAILED;
  }
}

/** All commands, for `context`. */
export function programFor(context: Context): Command {
  const program = new Command('tradewind')
    .description('Talks to a Tradewind platform that runs on this machine (`make demo` or `make start`), or in a Kubernetes cluster.')
    .version(VERSION, '--version', 'print the version')
    .option('--data <folder>', 'data folder of the platform (default: $DATA, or .tradewind)')
    .addOption(new Option('--topology <name>', "kind: the cluster of `make up`; kubernetes: kubectl's; environment: from within it (default: $TOPOLOGY, or on this machine)").choices(topologies))
    .option('--context <name>', "of the kubeconfig, where the platform is in a cluster (default: $CONTEXT, or the current one)")
    .option('--namespace <name>', 'of the platform in its cluster (default: $NAMESPACE, or tradewind)')
    .addHelpText('after', `
Examples:
  $ tradewind status                                                  is all well?
  $ tradewind orders place --customer c-0001 --line p-0001:2 --watch  place an order and follow it
  $ tradewind orders import history.csv --speed max                   replay your own order history
  $ tradewind ledger check --wait 60s                                 wait for what is in flight, then check the books
  $ tradewind --topology kubernetes status                            of the platform that kubectl reaches

Exit codes:
  0  done
  2  not done; one line says why
Commands that judge add their own: see their help.`);
  for (const register of commands) register(program, context);
  settle(program, context);
  return program;
}

/** Commander's own words go where ours go, on one line where they complain, and it ends nothing by itself. */
function settle(command: Command, { out, err }: Pick<Context, 'out' | 'err'>): void {
  const missing = `tradewind: say what to do: ${command.commands.map((each) => each.name()).join(', ')}`;
  command.exitOverride().configureOutput({
    writeOut: (text) => out(text.trimEnd()),
    writeErr: (text) => {
      if (!command.parent) err(text.trimEnd());
      else if (text.startsWith('Usage:')) err(missing); // the help of a command that lacks a further word, and then what we added to it
    },
    outputError: (text) => err(`tradewind: ${text.replace(/^error: /, '').trimEnd().replaceAll('\n', ' ')}`),
  });
  for (const each of command.commands) settle(each, { out, err });
}

function oneLine(error: unknown): string {
  const { message, errors } = error as { message?: string; errors?: unknown[] };
  const text = message || String(errors?.[0] ?? error); // several refused connections come together, without a message
  return text.split('\n')[0] ?? text;
}
