import { run } from '@tradewind/cli/program.ts';
import type { Terminal } from '@tradewind/cli/terminal.ts';

export interface Ran { code: number; out: string; err: string; /** What was shown of long work. */ shown: string }

/** Runs the command line in this process, on the platform of `folder`, as on a terminal without colours. */
export async function tradewind(folder: string, args: string[], more: Partial<Terminal> = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  let shown = '';
  const { signal } = new AbortController();
  const code = await run(args, {
    env: { DATA: folder }, out: (text) => void out.push(text), err: (text) => void err.push(text),
    screen: { write(text) { shown += text; } }, colour: false, interrupted: () => signal, ...more,
  });
  return { code, out: out.join('\n'), err: err.join('\n'), shown };
}
