import { setTimeout as sleep } from 'node:timers/promises';
import type { ComposePlatform } from '@tradewind/compose/platform.ts';
import type { Child } from '@tradewind/compose/fleet/child.ts';
import type { Container } from '@tradewind/compose/servers/containers.ts';
import { docker } from '@tradewind/compose/servers/docker.ts';

export const howNames = ['killed', 'stopped', 'restarted'] as const;
/** `kill -9`; SIGSTOP, with its connections open; told to stop, and started again. */
export type How = (typeof howNames)[number];

/** What can be struck: a server, a service, or all of them. */
export interface Victim {
  name: string;
  /** Resolves when the fault itself is over: what was struck runs again, though it may not answer yet. @param ms how long it stands still. */
  strike(how: How, ms: number): Promise<void>;
  /** Resolves when it answers again. */
  back(withinMs: number): Promise<void>;
  /** Times that its supervisor found it dead. */
  deaths(): number;
}

/** Every server and every service, by name. */
export function victimsOf({ services, containers }: Pick<ComposePlatform, 'services' | 'containers'>): Victim[] {
  return [...containers.map(server), ...services.map(service)];
}

/** All in one blow. */
export function together(victims: Victim[]): Victim {
  return {
    name: 'all',
    strike: async (how, ms) => void await Promise.all(victims.map((each) => each.strike(how, ms))),
    back: async (withinMs) => void await Promise.all(victims.map((each) => each.back(withinMs))),
    deaths: () => victims.reduce((sum, each) => sum + each.deaths(), 0),
  };
}

function server(container: Container): Victim {
  const strikes: Record<How, (ms: number) => Promise<void>> = {
    async killed() {
      await container.kill();
      await container.start();
    },
    async stopped(ms) {
      await container.pause();
      await sleep(ms).finally(() => container.unpause());
    },
    restarted: async () => void await docker('restart', '--time', '20', container.id),
  };
  return { name: container.name, strike: (how, ms) => strikes[how](ms), back: (withinMs) => untilHealthy(container, withinMs), deaths: () => 0 };
}

/** Whoever keeps it up starts it again when it was killed. */
function service(child: Child): Victim {
  const strikes: Record<How, (ms: number) => Promise<void>> = {
    async killed() {
      const { pid } = child;
      child.kill('SIGKILL');
      while (pid !== undefined && child.pid === pid) await sleep(10);
    },
    async stopped(ms) {
      child.kill('SIGSTOP');
      await sleep(ms).finally(() => child.kill('SIGCONT'));
    },
    restarted: () => child.restart(),
  };
  return {
    name: child.name, strike: (how, ms) => strikes[how](ms), back: (withinMs) => child.untilReady(withinMs), deaths: () => child.restarts,
  };
}

async function untilHealthy({ id, name }: Container, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; await docker('inspect', '--format', '{{.State.Health.Status}}', id) !== 'healthy'; await sleep(200))
    if (Date.now() > end) throw new Error(`${name} is not healthy ${withinMs / 1_000} s after the fault`);
}
