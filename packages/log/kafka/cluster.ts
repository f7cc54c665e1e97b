import type { Clock } from '@tradewind/chassis/clock.ts';
import { logErrors } from '../port.ts';
import type { PartitionOf } from '../group/store.ts';
import { asLogError, BrokerError, good, mayPass } from './failure.ts';
import { LinkError, type Address, type Link, type Metadata, type Node } from './link.ts';
import type { Links } from './links.ts';

/** Where ordinary requests go. */
const MAIN = 'main';
const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 500;
/** A topic that was just created may not be known to every broker at once. */
const UNKNOWN_TIMES = 3;

interface Options { clock: Clock; links: Links; bootstrap: Address[]; /** A call is tried again for this long. */ tryMs: number }

/** What is known of the cluster: who leads which partition, who coordinates which group. */
export class Cluster {
  readonly links: Links;
  readonly #options: Options;
  readonly #topics = new Map<string, Map<number, number>>();
  readonly #coordinators = new Map<string, Node>();
  readonly #asking = new Map<string, Promise<void>>();
  #nodes = new Map<number, Node>();

  constructor(options: Options) {
    this.#options = options;
    this.links = options.links;
  }

  /** @throws CodedError `topic-unknown` · `log-forbidden` · `log-unavailable` */
  async partitions(topic: string): Promise<number> {
    return this.#topics.get(topic)?.size ?? this.retrying(async () => (await this.#topic(topic)).size);
  }

  /** @throws CodedError `topic-unknown` */
  async mustHave({ topic, partition }: PartitionOf): Promise<void> {
    if (!(partition >= 0 && partition < await this.partitions(topic))) throw logErrors.error('topic-unknown', `topic ${topic} has no partition ${partition}`);
  }

  /** Where a partition is led, as far as is known. */
  async leader({ topic, partition }: PartitionOf): Promise<Node> {
    const id = (await this.#topic(topic)).get(partition);
    const node = this.#nodes.get(id ?? -1);
    if (node) return node;
    this.forget(topic);
    throw new BrokerError('LEADER_NOT_AVAILABLE', `${topic}/${partition}`);
  }

  async coordinator(group: string): Promise<Node> {
    const known = this.#coordinators.get(group);
    if (known) return known;
    const { node } = good(await this.any((link) => link.coordinator(group)), `group ${group}`);
    this.#coordinators.set(group, node);
    return node;
  }

  /** What was known of a topic, or of a group's coordinator, is no longer true. */
  forget(topic: string): void {
    this.#topics.delete(topic);
  }

  forgetCoordinator(group: string): void {
    this.#coordinators.delete(group);
  }

  async nodes(): Promise<Node[]> {
    this.#learn(await this.any((link) => link.metadata([])));
    return [...this.#nodes.values()];
  }

  /** Asks a group's coordinator once. */
  async ofGroup<Answered>(group: string, ask: (link: Link) => Promise<Answered>, { lane = MAIN, withinMs }: { lane?: string; withinMs?: number } = {}): Promise<Answered> {
    const node = await this.coordinator(group);
    try {
      return await this.links.call(lane, node, ask, withinMs);
    } catch (error) {
      this.forgetCoordinator(group);
      throw error;
    }
  }

  /** Asks each leader about its own of these partitions, once. */
  async ofLeaders<Wanted extends PartitionOf, Answered>(wanted: Wanted[], ask: (link: Link, own: Wanted[]) => Promise<Answered[]>, lane = MAIN): Promise<Answered[]> {
    const byNode = new Map<Node, Wanted[]>();
    for (const each of wanted) {
      const node = await this.leader(each);
      byNode.set(node, [...(byNode.get(node) ?? []), each]);
    }
    const answers = await Promise.all([...byNode].map(async ([node, own]) => {
      try {
        return await this.links.call(lane, node, (link) => ask(link, own));
      } catch (error) {
        for (const { topic } of own) this.forget(topic);
        throw error;
      }
    }));
    return answers.flat();
  }

  /** Asks any broker that answers, once. */
  async any<Answered>(ask: (link: Link) => Promise<Answered>): Promise<Answered> {
    let failure: unknown;
    for (const address of [...this.#nodes.values(), ...this.#options.bootstrap]) {
      try {
        return await this.links.call(MAIN, address, ask);
      } catch (error) {
        failure = error;
        if (!(error instanceof LinkError) || error.kind === 'credentials-refused') break;
      }
    }
    throw failure;
  }

  /** Until it succeeds, cannot, or took too long. @throws CodedError */
  async retrying<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const { clock, tryMs } = this.#options;
    for (let delay = FIRST_DELAY_MS, end = clock.now() + tryMs; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (!mayPass(error) || clock.now() + delay > end) throw asLogError(error);
      }
      await clock.sleep(delay);
    }
  }

  async #topic(name: string): Promise<Map<number, number>> {
    for (let times = 0; ; times += 1) {
      if (!this.#topics.has(name)) await this.#ask(name);
      const known = this.#topics.get(name);
      if (known) return known;
      if (times >= UNKNOWN_TIMES) throw logErrors.error('topic-unknown', `topic ${name} was never created`);
      await this.#options.clock.sleep(FIRST_DELAY_MS * 2 ** times);
    }
  }

  /** Calls at the same time share the answer. */
  async #ask(name: string): Promise<void> {
    const asking = this.#asking.get(name) ?? this.any((link) => link.metadata([name])).then((metadata) => this.#learn(metadata, name)).finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    await asking;
  }

  #learn({ nodes, topics }: Metadata, asked?: string): void {
    this.#nodes = new Map(nodes.map((node) => [node.id, this.#same(node)]));
    for (const { name, error, partitions } of topics) {
      if (name !== asked || error === 'UNKNOWN_TOPIC_OR_PARTITION') continue;
      good({ error }, `topic ${name}`);
      this.#topics.set(name, new Map(partitions.map(({ partition, leader }) => [partition, leader])));
    }
  }

  /** The same object for the same broker: what goes to it goes together. */
  #same(node: Node): Node {
    const known = this.#nodes.get(node.id);
    return known?.host === node.host && known.port === node.port ? known : node;
  }
}
