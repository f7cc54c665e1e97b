import { tasksErrors, type Task } from '../port.ts';
import { asTasksError, blamedExchange, unavailable } from './failure.ts';
import { ChannelClosed, type Sender } from './sender.ts';
import type { Topologies } from './topologies.ts';
import { published, type Outgoing } from './wire.ts';

/** So often a call is sent again over a channel that the server closed because of another. */
const RESENDS = 3;

interface Options {
  /** For all that goes to exchanges that have taken something from this client. */
  sender: Sender;
  /** For the rest, one call at a time: a server closes the channel over a message it refuses, with all that is on its way. */
  careful: Sender;
  topologies: Topologies;
}

/** Publishes, and tells which message the server refuses. */
export class Publisher {
  readonly #options: Options;
  readonly #proven = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  async publish(tasks: Task[]): Promise<void> {
    const { topologies } = this.#options;
    const messages = tasks.map(published);
    const mandatory = new Map<string, boolean>();
    for (const { exchange } of tasks)
      if (!mandatory.has(exchange)) mandatory.set(exchange, mustBePlaced(await topologies.exchange(exchange)));
    for (const { exchange, options } of messages) options.mandatory = mandatory.get(exchange) === true;
    for (const { exchange, routingKey } of await this.#send([...mandatory.keys()], messages))
      if ((await topologies.kind(exchange)) === 'direct') throw tasksErrors.error('unroutable', `${exchange} has no binding for ${routingKey}`);
  }

  async #send(exchanges: string[], messages: Outgoing[]): Promise<Outgoing[]> {
    for (let sent = 0; sent <= RESENDS; sent += 1) {
      try {
        const returned = await this.#by(exchanges, messages);
        for (const exchange of exchanges) this.#proven.add(exchange);
        return returned;
      } catch (error) {
        this.#judge(error, messages);
      }
    }
    throw unavailable('the server keeps closing the channel over what others publish');
  }

  #by(exchanges: string[], messages: Outgoing[]): Promise<Outgoing[]> {
    const { sender, careful } = this.#options;
    if (exchanges.every((exchange) => this.#proven.has(exchange))) return sender.send(messages);
    const sending = this.#last.then(() => careful.send(messages));
    this.#last = sending.catch(() => undefined);
    return sending;
  }

  /** @throws CodedError unless the server closed the channel over what another call had sent: then this one may send again. */
  #judge(error: unknown, messages: Outgoing[]): void {
    if (!(error instanceof ChannelClosed)) throw asTasksError(error);
    const blamed = blamedExchange(error.refusal);
    if (blamed !== undefined) {
      this.#proven.delete(blamed);
      this.#options.topologies.forgetExchange(blamed);
    }
    if (isTooLarge(error, messages)) throw tasksErrors.error('message-too-large', error.message, { cause: error.cause });
    if (messages.some(({ exchange }) => exchange === blamed)) throw asTasksError(error.cause);
  }
}

function mustBePlaced(kind: string): boolean {
  return kind === 'direct' || kind === 'unknown';
}

function isTooLarge({ refusal }: ChannelClosed, messages: Outgoing[]): boolean {
  const size = /message size (\d+)/.exec(refusal.message)?.[1];
  return messages.some(({ content }) => String(content.length) === size);
}
