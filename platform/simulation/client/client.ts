import { CodedError } from '@tradewind/events/errors.ts';
import type { HttpResponse } from '@tradewind/chassis/http/client.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { exchange } from '../ports/http.ts';
import { chance } from '../plan/draw.ts';
import { clientTeller } from '../world/trace.ts';
import type { World } from '../world/world.ts';

export interface Asked { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; as: string; key?: string; body?: object; accept?: string }
export interface Reply { status: number; headers: Record<string, string>; body: Record<string, unknown>; text: string }

const PATIENCE_MS = 10_000;
/** Answers that say: later, perhaps. */
const NOT_NOW = new Set([429, 503, 504]);

/** Somebody outside, who talks to the gateway and does not give up. */
export class Client {
  readonly #world: World;
  readonly #random;
  /** Answers that nobody may get. */
  readonly failures: { path: string; status: number; text: string }[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#random = seededRandom(`${world.seed}:client`);
  }

  /** Asks until there is an answer that means something, however long that takes. */
  async send(asked: Asked): Promise<Reply> {
    for (let attempt = 0; ; attempt += 1) {
      const reply = await this.once(asked);
      if (reply && !NOT_NOW.has(reply.status)) return reply;
      await this.#world.clock.sleep(50 + this.#random.next() * Math.min(2_000, 100 * 2 ** attempt));
    }
  }

  /** @returns undefined where there was no answer. */
  async once({ method, path, as, key, body, accept }: Asked): Promise<Reply | undefined> {
    const headers = {
      authorization: `Bearer ${as}`, ...(key !== undefined && { 'idempotency-key': key }), ...(body && { 'content-type': 'application/json' }),
      ...(accept !== undefined && { accept }),
    };
    const deadline = this.#world.clock.now() + PATIENCE_MS;
    const what = key === undefined ? path : `${path} key ${key}`;
    this.#note(`asks ${method} ${what}`);
    try {
      const request = { service: 'gateway', method, path, headers, deadline, ...(body && { body: JSON.stringify(body) }) };
      return this.#told(what, await exchange(this.#world, request, { patienceMs: PATIENCE_MS, chance: this.#random }));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#note(`gets nothing from ${method} ${what}: ${error.code}`);
      return undefined;
    }
  }

  likely(probability: number): boolean {
    return chance(this.#random, probability);
  }

  #told(path: string, { status, headers, body }: HttpResponse): Reply {
    const text = body.toString();
    this.#note(`gets ${status} from ${path}`, text);
    if (status >= 500 && !NOT_NOW.has(status)) this.failures.push({ path, status, text });
    const json = (headers['content-type'] ?? '').includes('json') && text !== '';
    return { status, headers, text, body: json ? JSON.parse(text) as Record<string, unknown> : {} };
  }

  #note(what: string, text = ''): void {
    this.#world.trace.note(clientTeller, what, () => text.slice(0, 160));
  }
}
