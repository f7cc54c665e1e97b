import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { placesOf } from '../completion/tree.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { verb } from '../manual.ts';
import { write, type Context } from '../terminal.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion };

/** `tradewind completion`: a script made from the commands as they are. */
export function completion(program: Command, context: Context): void {
  verb(program, 'completion', {
    summary: 'print a completion script for your shell',
    description: 'Prints a script that completes commands, options and choices. It needs `tradewind` on the PATH.',
    examples: [
      'completion bash > ~/.local/share/bash-completion/completions/tradewind', 'completion zsh > "${fpath[1]}/_tradewind"',
    ],
    exits: { 0: 'printed' },
  })
    .addArgument(new Argument('<shell>', 'for which').choices(Object.keys(SHELLS)))
    .action((shell: keyof typeof SHELLS, { json }: { json?: true }) => {
      const script = SHELLS[shell](program.name(), placesOf(program));
      write(context, json, { shell, script }, () => script);
    });
}
