import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** `tries`: how often the request was sent, this answer's time included. */
export interface Reply { status: number; headers: Record<string, string>; body: unknown; tries: number }

/** Where the platform is and who speaks. `persist` is how long an outage is waited out, in ms. */
export interface ClientOptions { origin: () => string; token: () => Promise<string>; persist: number; transport?: Partial<Transport> }

/** In ms; `keepAlive`: whether connections serve more than one request. */
export interface Transport { connectTimeout: number; answerTimeout: number; keepAlive: boolean }

const TRANSPORT: Transport = { connectTimeout: 2_000, answerTimeout: 20_000, keepAlive: true };

export interface Send {
  method: string;
  path: string;
  body?: unknown;
  /** Idempotency key. */
  key?: string;
  /** Default JSON. */
  accept?: string;
}

/**
 * A well-behaved client: it sends the same request under the same key again while the platform is
 * unreachable, says 503, 429 or 504, or cuts the connection, and no sooner than Retry-After says.
 */
export class Client {
  readonly #agent: Agent;
  readonly #options: ClientOptions;
  /** How often a request was sent again, by what came of it before: an answer in words, or the code of an error. */
  readonly resends = new Map<string, number>();
  #closed = false;
  #persist: number;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#persist = options.persist;
    const { connectTimeout, answerTimeout, keepAlive } = { ...TRANSPORT, ...options.transport };
    this.#agent = new Agent({ connections: 64, keepAliveTimeout: 2_000, keepAliveMaxTimeout: 2_000, headersTimeout: answerTimeout, connectTimeout, pipelining: keepAlive ? 1 : 0 });
  }

  async send(what: Send): Promise<Reply> {
    const begun = Date.now();
    for (let tries = 1; ; tries += 1) {
      const reply = await this.#once(what, tries).catch((error: unknown) => error instanceof Error ? error : new Error(String(error)));
      const again = reply instanceof Error || [429, 503, 504].includes(reply.status);
      if (!again) return reply;
      const pause = Math.max(Math.min(50 * 2 ** tries, 1_000) * (0.5 + Math.random()), retryAfter(reply));
      if (Date.now() + pause >= begun + this.#persist || this.#closed) {
        if (reply instanceof Error) throw reply;
        return reply;
      }
      const cause = causeOf(reply);
      this.resends.set(cause, (this.resends.get(cause) ?? 0) + 1);
      await sleep(pause);
    }
  }

  /** How often a request was sent again. */
  get resent(): number {
    return [...this.resends.values()].reduce((sum, each) => sum + each, 0);
  }

  /** Waits out no outage any longer; what is under way may still be answered. */
  hurry(): void {
    this.#persist = 0;
  }

  /** Gives up whatever is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#agent.destroy();
  }

  async #once({ method, path, body, key, accept }: Send, tries: number): Promise<Reply> {
    const response = await request(`${this.#options.origin()}${path}`, {
      dispatcher: this.#agent, method,
      headers: {
        authorization: `Bearer ${await this.#options.token()}`,
        ...(accept === undefined ? {} : { accept }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.body.text();
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value);
    return { status: response.statusCode, headers, body: headers['content-type']?.includes('json') ? JSON.parse(text) : text, tries };
  }
}

function causeOf(reply: Reply | Error): string {
  if (reply instanceof Error) return 'code' in reply ? String(reply.code) : reply.message;
  const { code = '', detail = '' } = typeof reply.body === 'object' ? reply.body as { code?: string; detail?: string } : {};
  return [reply.status, code, detail].filter(Boolean).join(' ');
}

/** In ms. */
function retryAfter(reply: Reply | Error): number {
  const seconds = reply instanceof Error ? NaN : Number(reply.headers['retry-after']);
  return seconds >= 0 ? seconds * 1_000 : 0;
}
