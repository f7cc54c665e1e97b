import type { Command, Option } from 'commander';

/** What can follow on the command line after some words of it. */
export interface Place {
  /** Commands that lead here, each after a space: ` orders list`; empty at the beginning. */
  path: string;
  commands: Word[];
  options: Word[];
  /** Values that an option of a fixed choice takes, by option. */
  choices: Record<string, string[]>;
  /** Options that take any value. */
  valued: string[];
}

export interface Word { word: string; summary: string }

type Options = Pick<Place, 'options' | 'choices' | 'valued'>;

/** Every place in a tree of commands; options of a command can be given after its sub-commands as well. */
export function placesOf(command: Command, path = '', inherited: Options = { options: [], choices: {}, valued: [] }): Place[] {
  const here = withOwn(inherited, command);
  const children = command.commands.map((child) => ({ word: child.name(), summary: child.summary() }));
  const values = command.registeredArguments[0]?.argChoices?.map((word) => ({ word, summary: '' })) ?? [];
  return [
    { path, commands: [...children, ...values], ...here },
    ...command.commands.flatMap((child) => placesOf(child, `${path} ${child.name()}`, here)),
  ];
}

function withOwn({ options, choices, valued }: Options, command: Command): Options {
  const own = command.createHelp().visibleOptions(command);
  const taking = own.filter((option) => option.required || option.optional);
  const chosen = taking.flatMap((option) => namesOf(option).map((name) => [name, option.argChoices ?? []] as const)).filter(([, values]) => values.length > 0);
  return {
    options: [...own.map(({ long, description }) => ({ word: long ?? '', summary: description })), ...options.filter(({ word }) => word !== '--help')],
    choices: { ...choices, ...Object.fromEntries(chosen) },
    valued: [...taking.filter((option) => !option.argChoices).flatMap(namesOf), ...valued],
  };
}

function namesOf({ long, short }: Option): string[] {
  return [long, short].filter((name) => typeof name === 'string');
}
