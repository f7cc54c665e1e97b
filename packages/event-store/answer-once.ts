import { KeyedQueue } from '@tradewind/chassis/keyed-queue.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import type { IdempotencyKey, Response } from '@tradewind/chassis/http/route.ts';
import { storeErrors, type Answer, type EventStore } from './port.ts';

/**
 * Answers each idempotency key once. The same request at the same time waits for the first and gets its
 * answer; a later one gets it from the store; another request under the same key is a problem.
 */
export class AnswerOnce {
  readonly #store: EventStore;
  readonly #queue = new KeyedQueue();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /**
   * @param work must append with the answer it is given a maker for; its effect and the answer are then one.
   *   A `work` that throws leaves the key free.
   */
  run(key: IdempotencyKey, now: number, work: (keep: (response: Response) => Answer) => Promise<Response>): Promise<Response> {
    const keep = (response: Response): Answer => ({
      ...key, status: response.status, headers: response.headers ?? {}, body: response.body ?? null, at: now,
    });
    return this.#queue.run([`${key.scope} ${key.key}`], async () => {
      const known = await this.#known(key);
      if (known) return known;
      try {
        return await work(keep);
      } catch (error) {
        if (!storeErrors.is(error, 'key-used')) throw error;
        const first = await this.#known(key);
        if (first) return first;
        throw error;
      }
    });
  }

  async #known({ scope, key, fingerprint }: IdempotencyKey): Promise<Response | undefined> {
    const answer = await this.#store.answer(scope, key);
    if (!answer) return undefined;
    if (answer.fingerprint !== fingerprint)
      throw new Problem('idempotency-key-reused', 'This Idempotency-Key belongs to another request.');
    return { status: answer.status, headers: { ...answer.headers, 'idempotent-replay': 'true' }, body: answer.body };
  }
}
