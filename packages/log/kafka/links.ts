import type { Clock } from '@tradewind/chassis/clock.ts';
import { LinkError, type Address, type Connect, type Link, type LinkOptions } from './link.ts';

const REQUEST_MS = 10_000;

interface Options { clock: Clock; connect: Connect; link: LinkOptions }

/**
 * The links of one log, by lane and broker. A broker answers the requests of a connection one after another, so what
 * may wait long (fetching, joining a group) has a lane of its own.
 */
export class Links {
  readonly #options: Options;
  readonly #links = new Map<string, Promise<Link>>();
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Makes a call. One that is not answered in time closes its link. @throws LinkError */
  async call<Answered>(lane: string, address: Address, ask: (link: Link) => Promise<Answered>, withinMs = REQUEST_MS): Promise<Answered> {
    const link = await this.#to(lane, address);
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(withinMs, () => {
        link.close();
        reject(new LinkError('disconnected', `${address.host}:${address.port} did not answer within ${withinMs} ms`));
      });
      ask(link).then(resolve, reject).finally(cancel);
    });
  }

  /** Closes the links of lanes whose name begins so. */
  drop(lanes: string): void {
    for (const [name, link] of this.#links)
      if (name.startsWith(lanes)) {
        this.#links.delete(name);
        void link.then((opened) => opened.close(), () => undefined);
      }
  }

  close(): void {
    this.#closed = true;
    this.drop('');
  }

  async #to(lane: string, address: Address): Promise<Link> {
    if (this.#closed) throw new LinkError('disconnected', 'the log was closed');
    const name = `${lane} ${address.host}:${address.port}`;
    const known = this.#links.get(name);
    if (known && (await known).open) return known;
    // Others may have waited for the same answer.
    const present = this.#links.get(name);
    if (present && present !== known) return this.#to(lane, address);
    const opening = this.#options.connect(address, this.#options.link);
    this.#links.set(name, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#links.get(name) === opening) this.#links.delete(name);
      throw error;
    }
  }
}
