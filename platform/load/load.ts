import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Reply, type Send, type Transport } from '@tradewind/client/client.ts';
import { receive } from '@tradewind/demo/register.ts';
import type { OrderToPlace, Step, Workload } from '@tradewind/demo/workload.ts';
import type { Attempt } from './attempts.ts';

/** Every tenth client gives up at the first failure and never learns what became of its order. */
const IMPATIENT = 10;

export interface LoadOptions {
  origin(): string;
  token(): Promise<string>;
  plan: Workload;
  /** Begins the ids of its orders. */
  run: string;
  perSecond: number;
  /** How long patient clients wait out an outage, in ms. */
  persist: number;
  /** How they connect: one client of each, in turn. Default one that keeps its connections. */
  transports?: Partial<Transport>[];
}

/** Orders at a steady rate, whether earlier ones were answered or not. */
export class Load {
  readonly attempts: Attempt[] = [];
  /** What went wrong that must not; the clients went on. */
  readonly oddities: string[] = [];
  readonly #options: LoadOptions;
  readonly #patient: Client[];
  readonly #impatient: Client;
  readonly #underWay = new Set<Promise<void>>();
  #running: Promise<void> | undefined;
  #over = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    const { origin, token, persist, transports = [{}] } = options;
    this.#patient = transports.map((transport) => new Client({ origin, token, persist, transport }));
    this.#impatient = new Client({ origin, token, persist: 0 });
  }

  /** How often requests were sent again, by what came of them before. */
  get resends(): Record<string, number> {
    const all: Record<string, number> = {};
    for (const client of this.#patient) for (const [cause, times] of client.resends) all[cause] = (all[cause] ?? 0) + times;
    return all;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** No further order; resolves when the last has its answer, or its client has given up. */
  async stop(): Promise<void> {
    this.#over = true;
    await this.#running;
    await Promise.all(this.#underWay);
    await Promise.all([...this.#patient, this.#impatient].map((client) => client.close()));
  }

  async #run(): Promise<void> {
    const { plan, perSecond } = this.#options;
    let due = Date.now();
    for (const step of plan.steps()) {
      if (this.#over) return;
      if (step.type === 'place') {
        due += 1_000 / perSecond;
        await sleep(Math.max(0, due - Date.now()));
      }
      this.#begin(step);
    }
    throw new Error('the load ran out of orders');
  }

  #begin(step: Step): void {
    const work = (step.type === 'place' ? this.#place(step.order) : this.#restock(step))
      .catch((error: unknown) => void this.oddities.push(error instanceof Error ? error.message : String(error)))
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #place(order: OrderToPlace): Promise<void> {
    const patient = order.number % IMPATIENT !== 0;
    const { request, attempt } = this.#request(order);
    const client = patient ? this.#of(order.number) : this.#impatient;
    const send = (): Promise<Reply | undefined> => client.send(request).catch(() => undefined);
    const twin = patient && order.duplicate === 'at-once' ? send() : undefined;
    const reply = await send();
    attempt.outcome = outcomeOf(reply);
    attempt.tries = reply?.tries;
    if (attempt.outcome === 'acknowledged') attempt.acknowledgedAt = Date.now();
    else if (patient || attempt.outcome === 'refused') this.oddities.push(`${attempt.orderId}: ${inWords(reply)}`);
    if (!patient) return;
    await this.#afterwards(order, attempt, { reply, second: order.duplicate === 'later' ? await send() : await twin });
  }

  async #afterwards(order: OrderToPlace, attempt: Attempt, { reply, second }: { reply: Reply | undefined; second: Reply | undefined }): Promise<void> {
    if (second && inWords(second) !== inWords(reply)) this.oddities.push(`${attempt.orderId}: a duplicate was answered otherwise: ${inWords(second)}`);
    if (order.cancelAfterMs !== undefined) await this.#cancel(attempt.orderId, order.cancelAfterMs);
  }

  #of(number: number): Client {
    const client = this.#patient[number % this.#patient.length];
    if (!client) throw new Error('no transport is given');
    return client;
  }

  #request({ number, customerId, paymentMethod, lines }: OrderToPlace): { request: Send; attempt: Attempt } {
    const orderId = `${this.#options.run}-${number}`;
    const attempt: Attempt = { orderId, at: Date.now(), outcome: 'waiting' };
    this.attempts.push(attempt);
    return { attempt, request: { method: 'POST', path: '/orders', key: `place-${orderId}`, body: { orderId, customerId, paymentMethod, lines } } };
  }

  async #cancel(orderId: string, afterMs: number): Promise<void> {
    await sleep(afterMs);
    const reply = await this.#of(0).send({ method: 'POST', path: `/orders/${orderId}/cancel`, key: `cancel-${orderId}`, body: {} });
    if (![200, 202, 409].includes(reply.status)) this.oddities.push(`cancelling ${orderId}: ${inWords(reply)}`);
  }

  #restock({ productId, quantity, delivery }: Extract<Step, { type: 'restock' }>): Promise<void> {
    return receive(this.#of(0), productId, quantity, `${this.#options.run}-${delivery}`);
  }
}

/** Whatever is no clear no leaves open what became of the order. */
function outcomeOf(reply: Reply | undefined): Attempt['outcome'] {
  if (reply?.status === 202) return 'acknowledged';
  return !reply || reply.status >= 500 || reply.status === 429 ? 'unknown' : 'refused';
}

function inWords(reply: Reply | undefined): string {
  return reply ? `${reply.status} ${JSON.stringify(reply.body)}` : 'no answer';
}
