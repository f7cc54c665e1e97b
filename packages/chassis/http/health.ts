import { CodedError } from '@tradewind/events/errors.ts';
import type { Service } from '../service.ts';
import type { Handler, RawResponse } from './raw.ts';

/** Adds `/health/live` (always 200) and `/health/ready` (200, or 503 with the reasons) in front of a handler. */
export function withHealth(handler: Handler, service: Pick<Service, 'unready' | 'readiness'>): Handler {
  return async (request) => {
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (reading && request.path === '/health/live') return health(200, { status: 'live' });
    if (!reading || request.path !== '/health/ready') return handler(request);
    const reasons = await reasonsOf(() => service.unready());
    const more = await service.readiness?.();
    return reasons.length ? health(503, { status: 'unready', reasons, ...more }) : health(200, { status: 'ready', ...more });
  };
}

async function reasonsOf(unready: Service['unready']): Promise<string[]> {
  try {
    return await unready();
  } catch (error) {
    return [error instanceof CodedError ? error.code : 'internal'];
  }
}

function health(status: number, body: object): RawResponse {
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(body) };
}
