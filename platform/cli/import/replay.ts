import { at, refused, Refused, type Api } from '../api.ts';
import type { Batch, Failure, PastOrder } from './assemble.ts';
import { Pace } from './pace.ts';
import { Registrar, type Opening } from './register.ts';
import { Window } from './window.ts';

export interface ReplayOptions extends Opening {
  api: Api;
  /** How much faster than it was; Infinity: as fast as the platform takes it. */
  speed: number;
  /** Orders unsettled at a time. */
  window: number;
  paymentMethod: string;
  stop: AbortSignal;
  failed(failure: Failure): void;
}

/** What has been done so far. */
export interface Replayed {
  rows: number;
  /** Of the file. */
  bytes: number;
  placed: number;
  /** Orders that an earlier import placed, or somebody else. */
  thereAlready: number;
  rowsSkipped: number;
  /** Orders whose total is not the one in the file, since the platform knew a product at another price. */
  pricedOtherwise: number;
  registered: { customers: number; products: number };
}

/** Replays orders of the past through the API. Its keys follow from their ids: however often it is run, each is placed once. */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #registrar: Registrar;
  readonly #window: Window;
  readonly #pace: Pace;
  readonly #underWay = new Set<Promise<void>>();
  readonly #done = { rows: 0, bytes: 0, placed: 0, thereAlready: 0, rowsSkipped: 0, pricedOtherwise: 0 };
  #failure: Error | undefined;
  #resuming: boolean;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#registrar = new Registrar(options.api, options);
    this.#window = new Window(options.api, options.window);
    this.#pace = new Pace(options.speed);
    this.#resuming = options.speed !== Infinity;
  }

  get done(): Replayed {
    return { ...this.#done, registered: this.#registrar.registered };
  }

  /** Resolves when every order has its answer, or it was told to stop and what was under way has. @throws UserError when the platform has gone. */
  async run(batches: AsyncIterable<Batch>): Promise<void> {
    for await (const batch of batches) {
      if (this.#ended) break;
      const { order } = batch;
      const isThere = order ? await this.#turn(order) : false;
      if (this.#ended) break;
      this.#done.rows += batch.rows;
      this.#done.bytes = batch.bytes;
      if (!order) this.#skip(batch, batch.failures);
      else if (isThere) this.#done.thereAlready += 1;
      else this.#start(order, batch);
    }
    await Promise.all(this.#underWay);
    if (this.#failure) throw this.#failure;
  }

  get #ended(): boolean {
    return this.#options.stop.aborted || this.#failure !== undefined;
  }

  /**
   * Resolves when the order may be placed. At a pace, what an earlier import placed is passed over without its gaps.
   * @returns whether it is there already.
   */
  async #turn(order: PastOrder): Promise<boolean> {
    const { stop } = this.#options;
    this.#resuming &&= await this.#isThere(order);
    if (this.#resuming) this.#pace.begin(order.placedAt);
    else {
      await this.#pace.until(order.placedAt, stop);
      await this.#window.admit(stop);
    }
    return this.#resuming;
  }

  #start(order: PastOrder, batch: Batch): void {
    const work = this.#place(order, batch)
      .catch((error: unknown) => { this.#failure ??= error instanceof Error ? error : new Error(String(error)); })
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #place(order: PastOrder, batch: Batch): Promise<void> {
    let isNew = false;
    try {
      await this.#registrar.ready(order);
      isNew = await this.#placed(order);
    } catch (error) {
      this.#skip(batch, [{ line: batch.line, reason: reasonOf(error, order) }]);
    } finally {
      this.#window.answered(isNew);
    }
  }

  /** @returns whether it is new. @throws Refused */
  async #placed({ orderId, customerId, lines, total }: PastOrder): Promise<boolean> {
    const { api, paymentMethod } = this.#options;
    const body = { orderId, customerId, paymentMethod, lines: lines.map(({ productId, quantity }) => ({ productId, quantity })) };
    const reply = await api.send({ method: 'POST', path: '/orders', key: `import-${orderId}`, body });
    const isNew = reply.status === 202 && reply.headers['idempotent-replay'] === undefined;
    if (reply.status >= 400) {
      const refusal = refused(reply);
      if (refusal.code !== 'order-exists') throw refusal;
    } else if ((reply.body as { total: { amount: number } }).total.amount !== total) this.#done.pricedOtherwise += 1;
    this.#done[isNew ? 'placed' : 'thereAlready'] += 1;
    return isNew;
  }

  async #isThere({ orderId }: PastOrder): Promise<boolean> {
    return (await this.#options.api.send({ method: 'GET', path: at`/orders/${orderId}` })).status === 200;
  }

  #skip({ rows }: Batch, failures: Failure[]): void {
    this.#done.rowsSkipped += rows;
    for (const failure of failures) this.#options.failed(failure);
  }
}

/** With these the platform says nothing of the order. */
const NO_VERDICT = [401, 403, 429, 503, 504];

/** Why the platform refused an order. @throws what says nothing of the order: the import cannot go on. */
function reasonOf(error: unknown, { orderId }: PastOrder): string {
  if (!(error instanceof Refused) || NO_VERDICT.includes(error.status)) throw error;
  if (error.code === 'idempotency-key-reused') return `order ${orderId} was placed before, with another customer, payment method or other lines`;
  return `order ${orderId}: ${error.message}`;
}
