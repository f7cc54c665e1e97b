import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@tradewind/client/client.ts';
import { expectStatus, receive } from '@tradewind/demo/register.ts';
import { settledCount } from '@tradewind/demo/settled.ts';
import type { OrderToPlace, Step } from '@tradewind/demo/workload.ts';

const POLL_MS = 50;

export interface LoadOptions {
  client: Client;
  run: string;
  steps: Iterator<Step>;
  /** Orders sent and not settled: always this many. */
  window: number;
}

/** Closed loop: an order is sent as soon as another has settled. Counts those of this load only. */
export class Load {
  readonly #options: LoadOptions;
  readonly #underWay = new Set<Promise<void>>();
  #sent = 0;
  #before = 0;
  #failure: Error | undefined;
  settled = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  async begin(): Promise<void> {
    this.#before = await settledCount(this.#options.client);
  }

  /** Keeps the window full for a time. */
  async runFor(ms: number): Promise<void> {
    for (const until = performance.now() + ms; performance.now() < until;) {
      while (this.#sent - this.settled < this.#options.window) this.#next();
      await sleep(Math.min(POLL_MS, Math.max(1, until - performance.now())));
      await this.look();
    }
  }

  /** Sends no more; resolves when all that was sent has settled. */
  async drain(withinMs: number): Promise<void> {
    await Promise.all(this.#underWay);
    for (const until = performance.now() + withinMs; this.settled < this.#sent; await this.look()) {
      if (performance.now() > until) throw new Error(`${this.#sent - this.settled} orders did not settle within ${withinMs / 1000} s`);
      await sleep(POLL_MS);
    }
  }

  async look(): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.settled = await settledCount(this.#options.client) - this.#before;
  }

  #next(): void {
    const { value: step, done } = this.#options.steps.next();
    if (done) throw new Error('the workload has no more orders');
    if (step.type === 'place') this.#sent += 1;
    const work = (step.type === 'place' ? this.#place(step.order) : this.#restock(step))
      .catch((error: unknown) => { this.#failure ??= error instanceof Error ? error : new Error(String(error)); })
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #place({ number, customerId, paymentMethod, lines }: OrderToPlace): Promise<void> {
    const { client, run } = this.#options;
    const orderId = `${run}-${number}`;
    expectStatus(await client.send({
      method: 'POST', path: '/orders', key: `place-${orderId}`,
      body: { orderId, customerId, paymentMethod: usual(paymentMethod), lines },
    }), [202]);
  }

  #restock({ productId, quantity, delivery }: Extract<Step, { type: 'restock' }>): Promise<void> {
    const { client, run } = this.#options;
    return receive(client, productId, quantity, `${run}-${delivery}`);
  }
}

/** Cards are good or declined here: the slow, late and unavailable ones would measure the provider's moods. */
function usual(paymentMethod: string): string {
  return paymentMethod === 'card-declined' ? paymentMethod : 'card-ok';
}
