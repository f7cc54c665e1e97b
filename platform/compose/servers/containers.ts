import { docker, running, serverNames, type Project } from './docker.ts';

/** A server in its container, to be killed and paused in tests. */
export interface Container {
  name: (typeof serverNames)[number];
  id: string;
  /** Default KILL. */
  kill(signal?: string): Promise<void>;
  /** Resolves when it runs; whoever uses it waits until it answers. */
  start(): Promise<void>;
  /** All its processes stand still, its connections open. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Runs a command in it. @returns what it printed. */
  exec(...command: string[]): Promise<string>;
}

/** @throws Error in one line when one is missing */
export async function containersOf(project: Project): Promise<Container[]> {
  const ids = await running(project);
  return serverNames.map((name) => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`${name} does not run; see docker logs of project ${project.name}`);
    return {
      name, id,
      async kill(signal = 'KILL') {
        await docker('kill', '--signal', signal, id);
        if (signal === 'KILL') await docker('wait', id);
      },
      start: async () => void await docker('start', id),
      pause: async () => void await docker('pause', id),
      unpause: async () => void await docker('unpause', id),
      exec: (...command) => docker('exec', id, ...command),
    };
  });
}
