import type { Registry } from 'prom-client';
import { withHealth } from '../health.ts';
import type { Handler, RawResponse } from '../raw.ts';
import { listen, type Listening, type ListenOptions } from './listen.ts';
import type { Service } from '../../service.ts';

/** Serves `/metrics`, `/health/live` and `/health/ready` on a port of their own, which is not for the public. */
export function serveAdmin(service: Pick<Service, 'unready' | 'readiness'>, metrics: Registry, options: ListenOptions): Promise<Listening> {
  const handler: Handler = async ({ method, path }): Promise<RawResponse> => {
    if (method !== 'GET' || path !== '/metrics') return { status: 404, headers: {}, body: '' };
    return { status: 200, headers: { 'content-type': metrics.contentType }, body: await metrics.metrics() };
  };
  return listen(withHealth(handler, service), options);
}
