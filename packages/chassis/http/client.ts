import { errorCatalogue } from '@tradewind/events/errors.ts';

/** HTTP out, as a port: undici in real topologies, direct calls in the simulation. */
export interface Http {
  /**
   * @throws CodedError `http-unreachable` (canRetry; nothing was sent) · `http-timeout` (canRetry; the deadline
   *   passed or the connection broke: the effect is unknown)
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  /** Name of a service; the adapter knows where it listens. */
  service: string;
  method: string;
  /** With query string. */
  path: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body?: Buffer | string;
  /** Epoch milliseconds; sent on as `x-deadline`. */
  deadline: number;
}

export interface HttpResponse { status: number; headers: Record<string, string>; body: Buffer }

export const httpErrors = errorCatalogue('http', {
  'http-unreachable': { title: 'The service cannot be reached; nothing was sent', canRetry: true },
  'http-timeout': { title: 'No answer in time; the effect is unknown', canRetry: true },
});
