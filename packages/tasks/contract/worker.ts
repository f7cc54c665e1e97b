import type { Tasks } from '../port.ts';
import type { Job } from './harness.ts';

export interface Worker {
  received(): string[];
  finished(): number;
  finish(): void;
}

/** Does a job: whatever comes stays in hand until `finish`. */
export async function worker(tasks: Tasks, { queue, prefetch, temporary }: Job, say: (worker: Worker) => void = () => undefined): Promise<Worker> {
  const received: string[] = [];
  let finished = 0;
  let finish: () => void = () => undefined;
  const told = new Promise<void>((resolve) => { finish = resolve; });
  const state: Worker = { received: () => received, finished: () => finished, finish: () => finish() };
  if (temporary)
    await tasks.declare({ exchanges: [], queues: [{ name: queue, temporary: true }], bindings: [{ exchange: temporary.exchange, queue, pattern: '' }] });
  await tasks.consume(queue, { prefetch }, async ({ envelope }) => {
    received.push(envelope.id);
    say(state);
    await told;
    finished += 1;
    say(state);
    return { type: 'done' };
  });
  return state;
}
