import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Http } from '@tradewind/chassis/http/client.ts';

export type State = 'ready' | 'unready' | 'unreachable';

const ASK_MS = 1_000;
const KEPT_MS = 1_000;

/** Asks each service whether it is ready, at most once a second. */
export function readinessOf(services: string[], http: Http, clock: Clock): () => Promise<Record<string, State>> {
  let last: { states: Promise<Record<string, State>>; until: number } | undefined;
  const askAll = async (): Promise<Record<string, State>> => {
    const states = await Promise.all(services.map((service) => ask(http, service, clock.now() + ASK_MS)));
    return Object.fromEntries(services.map((service, index) => [service, states[index] ?? 'unreachable']));
  };
  return () => {
    if (!last || clock.now() >= last.until) last = { states: askAll(), until: clock.now() + KEPT_MS };
    return last.states;
  };
}

async function ask(http: Http, service: string, deadline: number): Promise<State> {
  try {
    const { status } = await http.send({ service, method: 'GET', path: '/health/ready', headers: {}, deadline });
    return status === 200 ? 'ready' : 'unready';
  } catch {
    return 'unreachable';
  }
}
