import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@tradewind/client/client.ts';
import { settledCount } from '@tradewind/demo/settled.ts';

const EVERY_MS = 200;
const AT_A_TIME = 20;

/** Sees orders settle as clients do: asks again and again how many have, without waiting for the answer before. */
export class Watch {
  /** Orders settled since it began, as last seen. */
  settled = 0;
  /** Instants at which there were more than before. */
  readonly grew: number[] = [];
  readonly #client: Client;
  #before: number | undefined;
  #asking = 0;
  #over = false;
  #running: Promise<void> | undefined;

  constructor(options: { origin(): string; token(): Promise<string> }) {
    this.#client = new Client({ ...options, persist: 0 });
  }

  /** Resolves when it knows where it begins. */
  async start(): Promise<void> {
    this.#before = await settledCount(this.#client);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#running;
    await this.#client.close();
  }

  async #run(): Promise<void> {
    for (; !this.#over; await sleep(EVERY_MS)) if (this.#asking < AT_A_TIME) void this.#look();
  }

  async #look(): Promise<void> {
    this.#asking += 1;
    const count = await settledCount(this.#client).catch(() => undefined);
    this.#asking -= 1;
    const settled = (count ?? 0) - (this.#before ?? 0);
    if (count === undefined || settled <= this.settled) return;
    this.settled = settled;
    this.grew.push(Date.now());
  }
}
