import { Worker } from 'node:worker_threads';
import type { Played } from '../play.ts';

/** What a worker sends back for one list of seeds. */
export interface Batch { played: Played[]; cpuMs: number }

/** Seeds sent to a worker at a time. */
const AT_ONCE = 5;

/**
 * Plays seeds on several threads; which thread plays which changes nothing.
 * @param take told of each list in the order in which they end; `false` ends the whole.
 * @throws what a worker dies of.
 */
export async function playSeeds(seeds: Iterable<number>, threads: number, take: (batch: Batch) => boolean): Promise<void> {
  const waiting = seeds[Symbol.iterator]();
  let going = true;
  const next = (): number[] => {
    const list: number[] = [];
    while (going && list.length < AT_ONCE) {
      const { value, done } = waiting.next();
      if (done) break;
      list.push(value);
    }
    return list;
  };
  await Promise.all(Array.from({ length: threads }, () => work(next, (batch) => {
    if (going && !take(batch)) going = false;
  })));
}

function work(next: () => number[], take: (batch: Batch) => void): Promise<void> {
  const worker = new Worker(new URL('worker.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const go = (): void => {
      const list = next();
      if (list.length > 0) worker.postMessage(list);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('error', reject);
    worker.on('message', (batch: Batch) => {
      take(batch);
      go();
    });
    go();
  });
}
