import type { ParkingGroup } from '@tradewind/embedded/adapters.ts';
import type { Catalogue, OrderToPlace, Step } from '../plan/workload.ts';
import type { Breach } from '../verdict/breach.ts';
import { clientTeller } from '../world/trace.ts';
import type { World } from '../world/world.ts';
import { Client, type Asked, type Reply } from './client.ts';

const OPERATOR = 'operator:olga';
const CURRENCY = 'EUR';

type Placing = Asked & { body: { orderId: string } };

/** The people of the simulation: what they do, what they were told, and whether that was kept. */
export class Customers {
  /** Orders that somebody was told were accepted. */
  readonly acknowledged = new Set<string>();
  /** Orders that were cancelled, or could not be any more, as their customers were told. */
  readonly cancelled = new Map<string, 'cancelled' | 'too-late'>();
  /** Units that the platform said it received, by product. */
  readonly delivered = new Map<string, number>();
  readonly broken: Breach[] = [];
  /** As registered: no price ever changes. */
  readonly #prices = new Map<string, number>();
  readonly #client: Client;
  readonly #world: World;
  #underWay = 0;

  constructor(world: World) {
    this.#world = world;
    this.#client = new Client(world);
  }

  get busy(): boolean {
    return this.#underWay > 0;
  }

  /** Products, stock and customers. Whoever registers them waits for each answer. */
  setUp({ products, customers }: Catalogue): void {
    for (const { productId, price } of products) this.#prices.set(productId, price);
    for (const { productId, price, stock } of products) this.#begin(async () => {
      await this.#made('/products', `p-${productId}`, { productId, name: productId, price: { amount: price, currency: CURRENCY } });
      if (stock > 0) await this.#deliver(productId, `s-${productId}`, stock);
    });
    for (const { customerId, creditLimit } of customers) this.#begin(() =>
      this.#made('/customers', `c-${customerId}`, { customerId, name: customerId, creditLimit: { amount: creditLimit, currency: CURRENCY } }));
  }

  take(step: Step): void {
    this.#begin(() => {
      switch (step.type) {
        case 'place': return this.#place(step.order);
        case 'restock': return this.#deliver(step.productId, `r-${step.delivery}`, step.quantity);
        case 'limit': return this.#limit(step.customerId, step.creditLimit);
        case 'look': return this.#look(step);
      }
    });
  }

  /** An operator has the read model rebuilt, and leaves it at one try. */
  rebuild(): void {
    this.#begin(async () => void await this.#client.once({ method: 'POST', path: '/history/rebuild', as: OPERATOR, key: 'none', body: {} }));
  }

  /** An operator has parked records handled again. */
  redrive(group: ParkingGroup): void {
    this.#begin(async () => {
      const reply = await this.#client.send({ method: 'POST', path: `/parked/${group}/redrive`, as: OPERATOR, body: {} });
      this.#expect(reply, [202], `redriving ${group}`);
    });
  }

  /** An operator sees to what needs a person: refunds that the provider refused. */
  resume(orderIds: string[]): void {
    for (const orderId of orderIds) this.#begin(async () => {
      await this.#world.provider.mend(`payment-${orderId}`);
      const reply = await this.#client.send({ method: 'POST', path: `/sagas/${orderId}/resume`, as: OPERATOR, body: {} });
      this.#expect(reply, [202, 409], `resuming ${orderId}`);
    });
  }

  /** What nobody may have been answered. */
  failures(): Breach[] {
    return this.#client.failures.map(({ path, status, text }) =>
      ({ invariant: 'no-internal-error', subject: path, detail: `${status}: ${text.slice(0, 300)}` }));
  }

  #begin(work: () => Promise<void>): void {
    this.#underWay += 1;
    this.#world.scheduler.after(0, () => void work()
      .catch((error: unknown) => this.#blame('client', 'the client itself', error instanceof Error ? error.stack ?? error.message : String(error)))
      .finally(() => { this.#underWay -= 1; }));
  }

  async #place(order: OrderToPlace): Promise<void> {
    const { orderId, customerId, paymentMethod, lines, again } = order;
    const request = {
      method: 'POST' as const, path: '/orders', as: `customer:${customerId}`, key: `place-${orderId}`, body: { orderId, paymentMethod, lines },
    };
    const reply = await this.#submit(request, again);
    this.#expect(reply, [202], `placing ${orderId}`);
    if (reply.status === 202) {
      this.acknowledged.add(orderId);
      this.#charged(order, reply);
    }
    if (order.stranger !== undefined) await this.#trespass(request, `customer:${order.stranger}`, Number(reply.body['version']));
    if (order.readsBack) await this.#readBack(orderId, Number(reply.body['version']), request.as);
    if (order.cancelAfterMs !== undefined) await this.#cancel(order, order.cancelAfterMs);
  }

  /** Once, or again under the same key: whenever that is, the answer is the same. */
  async #submit(request: Placing, again: OrderToPlace['again']): Promise<Reply> {
    const twin = again === 'at-once' ? this.#client.send(request) : undefined;
    const reply = await this.#client.send(request);
    const second = again === 'later' ? await this.#client.send(request) : await twin;
    if (second && (second.status !== reply.status || second.text !== reply.text))
      this.#blame('same-answer-under-one-key', request.body.orderId, `${reply.status} ${reply.text}, then ${second.status} ${second.text}`);
    if (again === 'other') {
      const other = await this.#client.send({ ...request, body: { ...request.body, paymentMethod: 'card-other' } });
      this.#expect(other, [422], `another request under the key of ${request.body.orderId}`);
    }
    return reply;
  }

  /** What an order costs follows from the prices that products were registered at. */
  #charged({ orderId, lines }: OrderToPlace, { body, text }: Reply): void {
    const costs = lines.reduce((sum, { productId, quantity }) => sum + quantity * (this.#prices.get(productId) ?? NaN), 0);
    if ((body['total'] as { amount?: number } | undefined)?.amount !== costs) this.#blame('orders-cost-their-lines', orderId, `${costs} is due, told ${text}`);
  }

  /** To anybody else there is no such order, and a key is its owner's alone. */
  async #trespass(request: Placing, as: string, version: number): Promise<void> {
    const path = `/orders/${request.body.orderId}`;
    this.#expect(await this.#client.send({ method: 'GET', path: `${path}?minVersion=${version}`, as }), [404], `a stranger reads ${path}`);
    this.#expect(await this.#client.send({ method: 'POST', path: `${path}/cancel`, as, key: `stranger-${request.key}`, body: {} }), [404], `a stranger cancels ${path}`);
    this.#expect(await this.#client.send({ ...request, as }), [409], `a stranger uses the key of ${path}`);
  }

  /** A version that one was told of is there to be read, or one is told to come back; never an older view. */
  async #readBack(orderId: string, version: number, as: string): Promise<void> {
    const reply = await this.#client.send({ method: 'GET', path: `/orders/${orderId}?minVersion=${version}`, as });
    if (reply.status !== 200 || Number(reply.body['version']) < version)
      this.#blame('reads-own-writes', orderId, `asked for version ${version}, got ${reply.status} ${reply.text}`);
  }

  async #cancel({ orderId, customerId }: OrderToPlace, afterMs: number): Promise<void> {
    await this.#world.clock.sleep(afterMs);
    const as = `customer:${customerId}`;
    const reply = await this.#client.send({ method: 'POST', path: `/orders/${orderId}/cancel`, as, key: `cancel-${orderId}`, body: {} });
    this.#expect(reply, [200, 202, 409], `cancelling ${orderId}`);
    this.cancelled.set(orderId, reply.status === 409 ? 'too-late' : 'cancelled');
    if (reply.status === 202 && this.#client.likely(0.5)) await this.#readBack(orderId, Number(reply.body['version']), as);
  }

  async #limit(customerId: string, creditLimit: number): Promise<void> {
    const body = { creditLimit: { amount: creditLimit, currency: CURRENCY } };
    const reply = await this.#client.send({ method: 'PUT', path: `/customers/${customerId}/credit-limit`, as: OPERATOR, body });
    this.#expect(reply, [200, 409, 422], `the limit of ${customerId}`);
  }

  /** Nothing is held against what is shown in the midst of it all, but that it is shown. */
  async #look({ path, as, text }: Omit<Extract<Step, { type: 'look' }>, 'type' | 'at'>): Promise<void> {
    const reply = await this.#client.once({ method: 'GET', path, as, ...(text && { accept: 'text/plain' }) });
    if (!reply) return;
    this.#expect(reply, [200, 404, 503, 504], `looking at ${path}`);
    const { nextCursor } = reply.body;
    if (typeof nextCursor === 'string')
      await this.#look({ path: `${path.replace(/&?cursor=[^&]*/, '')}&cursor=${encodeURIComponent(nextCursor)}`, as });
  }

  async #deliver(productId: string, key: string, quantity: number): Promise<void> {
    await this.#made(`/products/${productId}/stock`, key, { quantity });
    this.delivered.set(productId, (this.delivered.get(productId) ?? 0) + quantity);
  }

  async #made(path: string, key: string, body: object): Promise<void> {
    this.#expect(await this.#client.send({ method: 'POST', path, as: OPERATOR, key, body }), [200, 201], `POST ${path}`);
  }

  #expect({ status, text }: Reply, wanted: number[], what: string): void {
    if (!wanted.includes(status)) this.#blame('expected-answers', what, `${status}: ${text.slice(0, 300)}`);
  }

  #blame(invariant: string, subject: string, detail: string): void {
    this.broken.push({ invariant, subject, detail });
    this.#world.trace.note(clientTeller, `finds ${invariant} broken`, () => `${subject}: ${detail}`);
  }
}
