import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { Consumption } from '../consumption.ts';
import type { Consumer, Delivery, Topology, Verdict } from '../port.ts';
import { settlementOf } from '../settlement.ts';
import { queueOf, refuseForeign, temporaryParts } from '../topology.ts';
import type { Claimed } from './line.ts';
import type { Session, Standing } from './session.ts';
import type { Stepper } from './stepper.ts';
import type { Topologies } from './topologies.ts';

/** Hint that a queue has something to take. */
export const queueChannel = (queue: string): string => `queue:${queue}`;

interface Options {
  random: Random;
  logger?: Logger;
  wakeup: Wakeup;
  session: Session;
  stepper: Stepper;
  topologies: Topologies;
  /** Whoever leaves waits no longer than this for a server that does not answer. */
  patienceMs: number;
}

/** The consumers of this process, and the temporary queues that go with them. */
export class Consumers {
  readonly #options: Options;
  readonly #temporary = new Map<string, Topology>();
  readonly #stops = new Set<() => Promise<void>>();

  constructor(options: Options) {
    this.#options = options;
  }

  async declare(topology: Topology): Promise<void> {
    const { session, topologies } = this.#options;
    const temporary = temporaryParts(topology);
    await topologies.declare(topology, temporary.size > 0 ? (await session.current()).id : 0);
    for (const [queue, part] of temporary) this.#temporary.set(queue, part);
  }

  /** Declares temporary queues again, for a session that has just begun. */
  async declareTemporary({ id }: Standing): Promise<void> {
    for (const part of this.#temporary.values()) await this.#options.topologies.declare(part, id);
  }

  async consume(name: string, prefetch: number, handle: (delivery: Delivery) => Promise<Verdict>): Promise<Consumer> {
    const { session, stepper, topologies, wakeup, random } = this.#options;
    const standing = await session.current();
    refuseForeign(name, queueOf(await topologies.read(), name), standing.id);
    const consumption: Consumption<Claimed> = new Consumption({
      prefetch, handle,
      ended: (claimed, verdict) => {
        const { queue, retries, delivery: { attempt } } = claimed;
        stepper.settle({ claimed, settlement: settlementOf(verdict, { attempt, retries }, queue.retry, random) });
      },
    });
    stepper.join(name, consumption);
    const unlisten = wakeup.listen(queueChannel(name), () => stepper.hint(name));
    let stopping: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      unlisten();
      stopping ??= this.#stop(name, consumption).finally(() => this.#stops.delete(stop));
      return stopping;
    };
    this.#stops.add(stop);
    return { stop };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#stops].map((stop) => stop()));
  }

  async #stop(name: string, consumption: Consumption<Claimed>): Promise<void> {
    const { stepper, topologies, patienceMs, logger } = this.#options;
    await consumption.stop();
    const last = await stepper.leave(name, consumption, patienceMs);
    if (!last || !this.#temporary.delete(name)) return;
    try {
      const queue = (await topologies.known()).queues.get(name);
      if (queue) await topologies.drop([queue.id]);
    } catch (error) {
      logger?.warn({ err: error, queue: name }, 'temporary queue not dropped: it goes with its session');
    }
  }
}
