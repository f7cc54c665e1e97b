import { Option, type Command } from 'commander';

/** What the help of a command says besides its options. */
export interface Manual {
  summary: string;
  /** Default: the summary, as a sentence. */
  description?: string;
  /** Without `tradewind` before each. */
  examples: string[];
  /** What each exit code means; 2 is said for all. */
  exits: Record<number, string>;
}

const NOT_DONE = 'not done, and nothing changed: no platform is running there, or it refused, or the input does not fit; one line says why';

/** A command that does something. @param usage its name and arguments, as `get <order>`. */
export function verb(parent: Command, usage: string, { summary, description, examples, exits }: Manual): Command {
  const codes = Object.entries({ 2: NOT_DONE, ...exits }).map(([code, meaning]) => `  ${code.padEnd(3)}  ${meaning}`);
  return parent.command(usage).summary(summary).description(description ?? sentence(summary))
    .addOption(new Option('--json', 'print JSON'))
    .addHelpText('after', `\n${exampleLines(examples)}\n\nExit codes:\n${codes.join('\n')}`);
}

/** A command that only holds others. */
export function group(parent: Command, name: string, { summary, description, examples }: Omit<Manual, 'exits'>): Command {
  return parent.command(name).summary(summary).description(description ?? sentence(summary)).addHelpText('after', `\n${exampleLines(examples)}`);
}

function exampleLines(examples: string[]): string {
  return ['Examples:', ...examples.map((example) => `  $ tradewind ${example}`)].join('\n');
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}
