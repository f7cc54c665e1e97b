/** HTTP out, as a port: undici in real topologies, direct calls in the simulation. */
export interface Http {
  /**
   * @throws CodedError `http-unreachable` (canRetry), `http-timeout` (canRetry; the effect is unknown)
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
