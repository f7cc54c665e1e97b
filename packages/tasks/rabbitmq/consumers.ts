import type { Consumer, Delivery, Verdict } from '../port.ts';
import { QueueConsumer, type ConsumerOptions } from './consumer.ts';
import { within } from './patience.ts';

/** The consumers of this client, and the temporary queues that go with them. */
export class Consumers {
  readonly #options: ConsumerOptions;
  readonly #running = new Set<QueueConsumer>();

  constructor(options: ConsumerOptions) {
    this.#options = options;
    options.connection.onUp(() => void this.#restore());
  }

  async consume(queue: string, prefetch: number, handle: (delivery: Delivery) => Promise<Verdict>): Promise<Consumer> {
    const local = await this.#options.topologies.queue(queue);
    const consumer = new QueueConsumer(this.#options, { queue, local, prefetch, handle });
    await consumer.start();
    this.#running.add(consumer);
    let stopping: Promise<void> | undefined;
    return { stop: () => stopping ??= this.#stop(consumer) };
  }

  /** What this client has in hand of a queue. */
  unsettled(queue: string): number {
    return [...this.#running].filter((each) => each.queue === queue).reduce((sum, each) => sum + each.unsettled, 0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((consumer) => this.#stop(consumer)));
    for (const [queue, { temporary }] of this.#options.topologies.queues) if (temporary) await this.#drop(queue);
  }

  async #stop(consumer: QueueConsumer): Promise<void> {
    await consumer.stop();
    if (!this.#running.delete(consumer)) return;
    const last = ![...this.#running].some(({ queue }) => queue === consumer.queue);
    if (last && this.#options.topologies.queues.get(consumer.queue)?.temporary) await this.#drop(consumer.queue);
  }

  async #drop(queue: string): Promise<void> {
    const { topologies, clock, patienceMs, logger } = this.#options;
    const dropping = topologies.drop(queue).catch((error: unknown) => logger?.warn({ err: error, queue }, 'temporary queue not dropped: it goes with its connection'));
    await within(clock, patienceMs, dropping);
  }

  /** Until it is done, or the connection is lost again. A server may hold the queues of a connection that it still believes in. */
  async #restore(): Promise<void> {
    const { connection, topologies, clock, logger } = this.#options;
    while (connection.isOpen) {
      try {
        return await topologies.restore();
      } catch (error) {
        logger?.warn({ err: error }, 'temporary queues not declared again yet');
        await clock.sleep(500);
      }
    }
  }
}
