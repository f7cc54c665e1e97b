import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** `servers`: ids of processes that it uses and that are none of its descendants, such as those of containers. */
interface Ready { origin: string; token: string; servers?: number[] }
/** What a measured program says to whoever started it. */
export type FromSubject = { type: 'ready' } & Ready | { type: 'checked'; breaches: string[] };
export type ToSubject = 'check' | 'stop';

/** A program that is measured, in a process of its own. */
export interface Subject {
  /** Its own, and of servers that are none of its descendants. */
  pids: number[];
  process: ChildProcess;
  origin: string;
  token: string;
  /** What its books say is wrong; empty when they balance. */
  check(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Both sides run with the same flags. @param folder for its data; it must not exist. @param flags more of them, for Node. */
export async function startSubject(program: string, folder: string, flags: string[] = []): Promise<Subject> {
  const child = fork(program, [folder], { execArgv: ['--max-semi-space-size=8', ...flags], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ready = await heard(child, 'ready');
  return {
    pids: [child.pid ?? 0, ...ready.servers ?? []], process: child, origin: ready.origin, token: ready.token,
    async check() {
      child.send('check' satisfies ToSubject);
      return (await heard(child, 'checked')).breaches;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.send('stop' satisfies ToSubject);
      await exited;
    },
  };
}

async function heard<Type extends FromSubject['type']>(child: ChildProcess, type: Type): Promise<Extract<FromSubject, { type: Type }>> {
  const exited = once(child, 'exit').then(() => { throw new Error('the measured program ended'); });
  for (;;) {
    const [message] = await Promise.race([once(child, 'message'), exited]) as [FromSubject];
    if (message.type === type) return message as Extract<FromSubject, { type: Type }>;
  }
}

/** In the measured program: tells that it is ready, and does what it is told until it is stopped. */
export async function serveSubject(ready: Ready, acts: { check(): Promise<string[]>; stop(): Promise<void> }): Promise<void> {
  const tell = (message: FromSubject) => { process.send?.(message); };
  const stopped = new Promise<void>((resolve) => {
    process.on('disconnect', resolve);
    process.on('message', (message: ToSubject) => {
      if (message === 'stop') resolve();
      if (message === 'check') void acts.check().then((breaches) => tell({ type: 'checked', breaches }));
    });
  });
  tell({ type: 'ready', ...ready });
  await stopped;
  await acts.stop();
  if (process.connected) process.disconnect?.();
}
