import { tasksErrors, type Task } from '../port.ts';
import { asTasksError, blamedExchange, unavailable } from './failure.ts';
import { ChannelClosed, type Sender } from './sender.ts';
import type { Topologies } from './topologies.ts';
import { published, type Outgoing } from './wire.ts';

/** So often a call is sent again over a channel that the server closed because of another. */
const RESENDS = 3;

/** Publishes, and tells which message the server refuses. */
export class Publisher {
  readonly #sender: Sender;
  readonly #topologies: Topologies;

  constructor(sender: Sender, topologies: Topologies) {
    this.#sender = sender;
    this.#topologies = topologies;
  }

  async publish(tasks: Task[]): Promise<void> {
    const messages = tasks.map(published);
    const needed = new Map<string, boolean>();
    for (const { exchange } of tasks)
      if (!needed.has(exchange)) needed.set(exchange, mustBePlaced(await this.#topologies.exchange(exchange)));
    for (const { exchange, options } of messages) options.mandatory = needed.get(exchange) === true;
    for (const { exchange, routingKey } of await this.#send(messages))
      if ((await this.#topologies.kind(exchange)) === 'direct') throw tasksErrors.error('unroutable', `${exchange} has no binding for ${routingKey}`);
  }

  /** The server closes the channel over a message it refuses, with all that is on its way: what others sent is sent again. */
  async #send(messages: Outgoing[]): Promise<Outgoing[]> {
    for (let sent = 0; sent <= RESENDS; sent += 1) {
      try {
        return await this.#sender.send(messages);
      } catch (error) {
        if (!(error instanceof ChannelClosed)) throw asTasksError(error);
        const blamed = blamedExchange(error.refusal);
        if (blamed !== undefined) this.#topologies.forgetExchange(blamed);
        if (tooLarge(error, messages)) throw tasksErrors.error('message-too-large', error.message, { cause: error.cause });
        if (messages.some(({ exchange }) => exchange === blamed)) throw asTasksError(error.cause);
      }
    }
    throw unavailable('the server keeps closing the channel over what others publish');
  }
}

function mustBePlaced(kind: string): boolean {
  return kind === 'direct' || kind === 'unknown';
}

function tooLarge({ refusal }: ChannelClosed, messages: Outgoing[]): boolean {
  const size = /message size (\d+)/.exec(refusal.message)?.[1];
  return messages.some(({ content }) => String(content.length) === size);
}
