import { untilSignal } from '@tradewind/embedded/signals.ts';
import { run } from './program.ts';

const { env, stdout, stderr } = process;

/** Whoever read us (`head`, `less`) has gone: there is nothing left to say. */
stdout.on('error', () => process.exit());

/** Put before each line for standard error where both streams end up in one. */
const mark = env.MARK_ERRORS ?? '';
const toStderr = (text: string): void => void stderr.write(text.replace(/^(?=.)/gm, mark));

let interruption: AbortController | undefined;

// As soon as it is known: what was found holds, though nobody reads it to its end.
const ends = (code: number): void => { process.exitCode = code; };
process.exitCode = await run(process.argv.slice(2), {
  env,
  out: (text) => void stdout.write(`${text}\n`),
  err: (text) => toStderr(`${text}\n`),
  screen: mark ? { write: toStderr } : stderr,
  colour: stdout.isTTY && stdout.hasColors(env),
  interrupted() {
    if (!interruption) {
      const controller = interruption = new AbortController();
      void untilSignal().then(() => controller.abort());
    }
    return interruption.signal;
  },
}, ends);
