import type { World } from '@tradewind/chassis/service.ts';
import { localWakeup, type Wakeup } from '@tradewind/chassis/wakeup.ts';
import { patiently, type Patience } from './patience.ts';
import { reach } from './postgres/reach.ts';

interface Closable { close(): unknown }

/** What a service's process stands on while it opens its ports; what was opened is closed in reverse. */
export class Host {
  /** Of the service. */
  readonly name: string;
  readonly world: World;
  readonly wakeup: Wakeup = localWakeup();
  readonly #patience: Patience;
  readonly #opened: Closable[] = [];

  constructor(name: string, world: World, patience: Patience) {
    this.name = name;
    this.world = world;
    this.#patience = patience;
  }

  /**
   * Opens an adapter, and keeps it to be closed at the end.
   * @param what it is, for messages.
   * @throws CodedError `server-refused` · `server-unreachable`
   */
  async open<T extends Closable>(what: string, opening: () => Promise<T>): Promise<T> {
    const opened = await patiently(what, opening, this.#patience);
    this.#opened.push(opened);
    return opened;
  }

  /** Opens an adapter on a database, which is looked at first: adapters tell a refusal from an outage too late. */
  openOn<T extends Closable>(url: string, opening: (url: string) => Promise<T>): Promise<T> {
    return this.open('PostgreSQL', async () => {
      await reach(url);
      return opening(url);
    });
  }

  /** Goes on past one that fails; the first error comes out. */
  async close(): Promise<void> {
    let failure: { error: unknown } | undefined;
    for (const each of this.#opened.splice(0).reverse()) {
      try {
        await each.close();
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure) throw failure.error;
  }
}

