import type { Command } from 'commander';

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

/** Every place in a tree of commands; options of a command can be given after its sub-commands as well. */
export function placesOf(command: Command, path = '', inherited: Omit<Place, 'path' | 'commands'> = { options: [], choices: {}, valued: [] }): Place[] {
  const own = command.createHelp().visibleOptions(command);
  const names = (option: (typeof own)[number]) => [option.long, option.short].filter((name) => name !== undefined && name !== null);
  const valued = own.filter((option) => option.required || option.optional);
  const here = {
    options: [...own.flatMap((option) => option.long ? [{ word: option.long, summary: option.description }] : []), ...inherited.options.filter(({ word }) => word !== '--help')],
    choices: { ...inherited.choices, ...Object.fromEntries(valued.flatMap((option) => option.argChoices ? names(option).map((name) => [name, option.argChoices ?? []] as const) : [])) },
    valued: [...valued.filter((option) => !option.argChoices).flatMap(names), ...inherited.valued],
  };
  const [argument] = command.registeredArguments;
  const children = command.commands.map((child) => ({ word: child.name(), summary: child.summary() }));
  const values = (argument?.argChoices ?? []).map((word) => ({ word, summary: argument?.description ?? '' }));
  return [{ path, commands: [...children, ...values], ...here }, ...command.commands.flatMap((child) => placesOf(child, `${path} ${child.name()}`, here))];
}
