import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Tasks } from '../port.ts';
import type { Elsewhere, Job } from './harness.ts';
import { worker } from './worker.ts';

/** What the process says: itself, when it has begun, then with each change. */
interface Said { received: string[]; finished: number }

/** Does a job in a process of its own. @param script calls `serve`; it is given `settings` and the job. */
export async function elsewhereProcess(script: string, settings: Record<string, unknown>, job: Job): Promise<Elsewhere> {
  const child = fork(script, [JSON.stringify({ settings, job })], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let said: Said = { received: [], finished: 0 };
  const exited = once(child, 'exit');
  child.on('message', (message) => { said = message as Said; });
  await Promise.race([once(child, 'message'), exited.then(([code]) => { throw new Error(`${script} ended with ${code}`); })]);
  return {
    received: () => said.received,
    finished: () => said.finished,
    async finish() { child.send('finish'); },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The other end: does the job until it is killed, or left behind. */
export async function serve(open: (settings: Record<string, unknown>) => Promise<Tasks>): Promise<void> {
  const { settings, job } = JSON.parse(process.argv[2] ?? '{}') as { settings: Record<string, unknown>; job: Job };
  const say = ({ received, finished }: { received(): string[]; finished(): number }) => void process.send?.({ received: received(), finished: finished() });
  process.on('disconnect', () => process.exit());
  const work = await worker(await open(settings), job, say);
  process.on('message', () => work.finish());
  say(work);
}
