import { Agent, type Dispatcher } from 'undici';
import { CodedError } from '@tradewind/events/errors.ts';
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import { httpErrors, type Http, type HttpRequest, type HttpResponse } from '../client.ts';

export interface UndiciOptions {
  /** Origin(s) of a service, such as `http://orders:8080`; of several, one is taken in turn. Undefined for one nobody knows. */
  resolve(service: string): string | string[] | undefined;
  clock: Clock;
  random: Random;
  /** Connections to one origin at most. Default 64; further requests wait for one. */
  connections?: number;
  /** How long to wait for a connection, in ms. Default 1 s. */
  connectMs?: number;
}

/** A server that drains for longer than this, and a second for undici's timers, finds no idle connection of ours to cut while a request is on its way. */
const IDLE_MS = 2_000;

/** A pod that ends is still among those connected to for a moment. Nothing was sent, so that any request may be tried again. */
const AGAIN_AFTER_MS = 100;

/** HTTP out over pools of kept connections; one that cannot be opened is tried twice. `close` waits for requests in hand. */
export function undiciHttp({ resolve, clock, random, connections = 64, connectMs = 1_000 }: UndiciOptions): Http & { close(): Promise<void> } {
  const agent = new Agent({
    connections, pipelining: 1, keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS, connect: { timeout: connectMs },
    // The deadline is the only clock that runs.
    headersTimeout: 0, bodyTimeout: 0,
  });
  let turn = 0;
  /** In the order to be tried. */
  const originsOf = (service: string): string[] => {
    const origins = [resolve(service) ?? []].flat();
    if (origins.length === 0) throw httpErrors.error('http-unreachable', `nobody knows where ${service} listens`);
    const first = turn++ % origins.length;
    return [...origins.slice(first), ...origins.slice(0, first)];
  };
  const once = async (request: HttpRequest, origin: string): Promise<HttpResponse> => {
    const left = request.deadline - clock.now();
    if (left <= 0) throw httpErrors.error('http-timeout', `no time was left to ask ${request.service}`);
    const exchange = new Exchange(request.service);
    agent.dispatch(dispatchOf(request, origin), exchange);
    const cancel = clock.after(left, () => exchange.expire());
    return exchange.answer.finally(cancel);
  };
  return {
    close: () => agent.close(),
    async send(request) {
      const [first, second = first] = originsOf(request.service) as [string, ...string[]];
      try {
        return await once(request, first);
      } catch (error) {
        const pause = AGAIN_AFTER_MS * (0.5 + random.next());
        const unsent = error instanceof CodedError && error.code === 'http-unreachable';
        if (!unsent || clock.now() + pause >= request.deadline) throw error;
        await clock.sleep(pause);
        return once(request, second);
      }
    },
  };
}

function dispatchOf({ method, path, headers, body, deadline }: HttpRequest, origin: string): Agent.DispatchOptions {
  return { origin, path, method, headers: { ...headers, 'x-deadline': String(deadline) }, body: body ?? null };
}

/** One request and its answer, as undici reports it. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<HttpResponse>;
  readonly #service: string;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: Record<string, string> = {};
  #controller: Dispatcher.DispatchController | undefined;
  #expired = false;
  #resolve: (response: HttpResponse) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(service: string) {
    this.#service = service;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  expire(): void {
    this.#expired = true;
    const error = httpErrors.error('http-timeout', `${this.#service} did not answer in time`);
    this.#controller?.abort(error);
    this.#reject(error);
  }

  /** From here on bytes may be on their way. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#expired) controller.abort(new Error('expired'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status;
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) this.#headers[name] = typeof value === 'string' ? value : value.join(', ');
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    this.#resolve({ status: this.#status, headers: this.#headers, body: body ?? Buffer.concat(this.#chunks) });
  }

  onResponseError(_: Dispatcher.DispatchController, cause: Error): void {
    const { code = cause.message } = cause as NodeJS.ErrnoException;
    if (code === 'UND_ERR_INVALID_ARG') this.#reject(cause);
    else if (this.#controller) this.#reject(httpErrors.error('http-timeout', `the connection to ${this.#service} broke (${code})`, { cause }));
    else this.#reject(httpErrors.error('http-unreachable', `${this.#service} cannot be reached (${code})`, { cause }));
  }
}
