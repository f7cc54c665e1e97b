import type { Channel } from 'amqplib';
import { DEFAULT_RETRY, type Binding, type QueueSpec, type RetryPolicy, type Topology } from '../port.ts';
import type { ExchangeKind } from '../routing.ts';
import { differs, exchangeUnknown, policyText, queueUnknown, retryOf } from '../topology.ts';
import { asTasksError, inequivalence, refusalOf, type Inequivalence } from './failure.ts';
import { bucketsOf, deadQueue, deadQueueOptions, movesExchange, policyCode, policyOf, queueOptions, retryQueue, retryQueueOptions } from './layout.ts';
import type { Scratch } from './scratch.ts';

export interface LocalQueue { policy: RetryPolicy; temporary: boolean }

const POLICY_ARGUMENT = 'x-dead-letter-routing-key';
/** Stands for whose an exclusive queue is, which servers say otherwise. */
const OWNER = 'owner';

/** What this client declared or asked for, and what it takes to declare it. */
export class Topologies {
  readonly #scratch: Scratch;
  readonly #kinds = new Map<string, ExchangeKind | 'unknown'>();
  readonly #queues = new Map<string, LocalQueue>();
  readonly #exchanges = new Map<string, ExchangeKind>();
  readonly #declared = new Map<string, QueueSpec>();
  readonly #bindings = new Map<string, Binding>();
  readonly #buckets = new Map<string, number>();

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  /** Queues that this client knows. */
  get queues(): ReadonlyMap<string, LocalQueue> {
    return this.#queues;
  }

  /** Retry queues that this client has made, each with the queue it belongs to. */
  get retryQueues(): { name: string; queue: string }[] {
    return [...this.#buckets.keys()].map((name) => ({ name, queue: name.slice(0, name.lastIndexOf('.retry.')) }));
  }

  /** Looks first, then creates: a topology that is refused leaves nothing behind, but for a race with another. */
  async declare(topology: Topology): Promise<void> {
    await this.#check(topology);
    await this.#create(topology);
    for (const { name, kind } of topology.exchanges) {
      this.#kinds.set(name, kind);
      this.#exchanges.set(name, kind);
    }
    for (const queue of topology.queues) {
      this.#declared.set(queue.name, queue);
      this.#queues.set(queue.name, { policy: retryOf(queue), temporary: queue.temporary === true });
    }
    for (const binding of topology.bindings) this.#bindings.set(JSON.stringify(binding), binding);
  }

  /** Temporary queues went with their connection: declares them on the new one. */
  async restore(): Promise<void> {
    for (const [name, { temporary }] of this.#queues) if (temporary) await this.revive(name);
  }

  /** Declares again what this client declared of a queue. */
  async revive(queue: string): Promise<void> {
    const spec = this.#declared.get(queue);
    if (!spec) return;
    for (const { name } of this.retryQueues.filter((each) => each.queue === queue)) this.#buckets.delete(name);
    const bindings = [...this.#bindings.values()].filter((binding) => binding.queue === queue);
    const exchanges = [...new Set(bindings.map(({ exchange }) => exchange))].flatMap((name) => {
      const kind = this.#exchanges.get(name);
      return kind ? [{ name, kind }] : [];
    });
    await this.#create({ exchanges, queues: [spec], bindings });
  }

  /**
   * A queue's policy, whoever declared it.
   * @throws CodedError `queue-unknown`, for a temporary queue of another client too
   */
  async queue(name: string): Promise<LocalQueue> {
    await this.mustExist(name);
    const known = this.#queues.get(name);
    if (known) return known;
    const queue = { policy: await this.#askPolicy(name), temporary: false };
    this.#queues.set(name, queue);
    return queue;
  }

  /** @throws CodedError `queue-unknown`, for a temporary queue of another client too */
  async mustExist(name: string): Promise<void> {
    const found = await this.#scratch.find((channel) => channel.checkQueue(name));
    if (found === undefined) throw queueUnknown(name);
    if (found === 'locked') throw queueUnknown(name, 'is temporary and belongs to another process');
  }

  /** `unknown` where nobody has needed to know yet. @throws CodedError `exchange-unknown` */
  async exchange(name: string): Promise<ExchangeKind | 'unknown'> {
    const known = this.#kinds.get(name);
    if (known) return known;
    if ((await this.#scratch.find((channel) => channel.checkExchange(name))) === undefined) throw exchangeUnknown(name);
    this.#kinds.set(name, 'unknown');
    return 'unknown';
  }

  /** Asks the server, by declaring a direct exchange where there is one of some kind. */
  async kind(name: string): Promise<ExchangeKind> {
    const known = this.#kinds.get(name);
    if (known && known !== 'unknown') return known;
    const difference = await this.#difference((channel) => channel.assertExchange(name, 'direct', { durable: true }));
    const kind = (difference?.argument === 'type' ? difference.current : 'direct') as ExchangeKind;
    this.#kinds.set(name, kind);
    return kind;
  }

  /** It may be gone, or another by now. */
  forgetExchange(name: string): void {
    this.#kinds.delete(name);
  }

  async makeRetryQueue(queue: string, bucket: number): Promise<void> {
    const temporary = this.#queues.get(queue)?.temporary === true;
    const name = retryQueue(queue, bucket);
    await this.#ask((channel) => channel.assertQueue(name, retryQueueOptions(queue, temporary)));
    if (!temporary) await this.#ask((channel) => channel.bindQueue(name, movesExchange(queue), String(bucket)));
    this.#buckets.set(name, bucket);
  }

  hasRetryQueue(queue: string, bucket: number): boolean {
    return this.#buckets.has(retryQueue(queue, bucket));
  }

  /** A temporary queue of this client's, with all that belongs to it. */
  async drop(queue: string): Promise<void> {
    this.#queues.delete(queue);
    this.#declared.delete(queue);
    for (const [key, binding] of this.#bindings) if (binding.queue === queue) this.#bindings.delete(key);
    const buckets = this.retryQueues.filter((each) => each.queue === queue).map(({ name }) => name);
    for (const name of [queue, deadQueue(queue), ...buckets]) {
      this.#buckets.delete(name);
      await this.#ask((channel) => channel.deleteQueue(name));
    }
  }

  async #check({ exchanges, queues, bindings }: Topology): Promise<void> {
    for (const exchange of exchanges)
      if (await this.#scratch.find((channel) => channel.checkExchange(exchange.name))) await this.#declareExchange(exchange);
    for (const queue of queues)
      if (await this.#scratch.find((channel) => channel.checkQueue(queue.name))) await this.#declareQueue(queue);
    for (const { exchange, queue } of bindings) {
      const [ours, theirs] = [exchanges.some(({ name }) => name === exchange), queues.some(({ name }) => name === queue)];
      if (!ours && !(await this.#scratch.find((channel) => channel.checkExchange(exchange)))) throw exchangeUnknown(exchange);
      if (!theirs && !(await this.#scratch.find((channel) => channel.checkQueue(queue)))) throw queueUnknown(queue);
    }
  }

  async #create({ exchanges, queues, bindings }: Topology): Promise<void> {
    for (const exchange of exchanges) await this.#declareExchange(exchange);
    for (const queue of queues) await this.#createQueue(queue);
    for (const { exchange, queue, pattern } of bindings) await this.#ask((channel) => channel.bindQueue(queue, exchange, pattern));
  }

  /** What messages move to first: whoever finds the queue finds all of it. */
  async #createQueue(spec: QueueSpec): Promise<void> {
    const { name, temporary = false } = spec;
    const [dead, moves] = [deadQueue(name), movesExchange(name)];
    await this.#ask((channel) => channel.assertQueue(dead, deadQueueOptions(temporary)));
    if (!temporary) {
      await this.#ask((channel) => channel.assertExchange(moves, 'direct', { durable: true }));
      for (const key of ['dead', policyCode(retryOf(spec))]) await this.#ask((channel) => channel.bindQueue(dead, moves, key));
    }
    await this.#declareQueue(spec);
    if (temporary) return;
    await this.#ask((channel) => channel.bindQueue(name, moves, 'due'));
    // Not only when they are needed: a server that is killed soon after forgets what it was told, with all that it took.
    for (const bucket of bucketsOf(retryOf(spec))) await this.makeRetryQueue(name, bucket);
  }

  /** @throws CodedError `topology-differs` */
  async #declareExchange({ name, kind }: Topology['exchanges'][number]): Promise<void> {
    const difference = await this.#difference((channel) => channel.assertExchange(name, kind, { durable: true }));
    if (difference?.argument === 'type') throw differs(`exchange ${name} is ${difference.current}, not ${kind}`);
    if (difference) throw differs(`exchange ${name} differs in ${difference.argument}: it has ${difference.current}`);
  }

  /** @throws CodedError `topology-differs` */
  async #declareQueue(spec: QueueSpec): Promise<void> {
    const { name, temporary = false } = spec;
    const options = queueOptions(name, retryOf(spec), temporary);
    const difference = await this.#difference((channel) => channel.assertQueue(name, options));
    if (difference?.argument === OWNER) throw differs(`queue ${name} is ${await this.#whose(name, temporary)}`);
    if (difference?.argument === POLICY_ARGUMENT) throw differs(`queue ${name} retries by ${inWords(difference.current)}, not ${policyText(retryOf(spec))}`);
    if (difference) throw differs(`queue ${name} differs in ${difference.argument}: it has ${difference.current}`);
  }

  async #whose(queue: string, temporary: boolean): Promise<string> {
    if (!temporary) return 'temporary, not lasting';
    const found = await this.#scratch.find((channel) => channel.checkQueue(queue));
    return found === 'locked' ? 'temporary and belongs to another process' : 'lasting, not temporary';
  }

  /** By declaring the queue, which is there, as it most likely is: a server says how it is otherwise. */
  async #askPolicy(name: string): Promise<RetryPolicy> {
    const difference = await this.#difference((channel) => channel.assertQueue(name, queueOptions(name, DEFAULT_RETRY, false)));
    if (!difference) return DEFAULT_RETRY;
    const policy = difference.argument === POLICY_ARGUMENT ? policyOf(difference.current) : undefined;
    if (!policy) throw differs(`queue ${name} was not declared as a queue of tasks`);
    return policy;
  }

  /** Declares, and says how what is there differs: in an argument, or by being another connection's. */
  async #difference(declare: (channel: Channel) => Promise<unknown>): Promise<Inequivalence | undefined> {
    try {
      await this.#scratch.run(declare);
      return undefined;
    } catch (error) {
      const difference = inequivalence(error);
      if (difference) return difference;
      if (refusalOf(error).code === 405) return { argument: OWNER, current: 'another connection' };
      throw asTasksError(error);
    }
  }

  async #ask(request: (channel: Channel) => Promise<unknown>): Promise<void> {
    try {
      await this.#scratch.run(request);
    } catch (error) {
      throw asTasksError(error);
    }
  }
}

function inWords(code: string): string {
  const policy = policyOf(code);
  return policy ? policyText(policy) : code;
}
