import type { Tokens } from '@tradewind/chassis/auth/tokens.ts';
import { answering } from '@tradewind/chassis/http/answering.ts';
import { callerHeader } from '@tradewind/chassis/http/caller.ts';
import type { Http } from '@tradewind/chassis/http/client.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import type { Handler, RawRequest, RawResponse } from '@tradewind/chassis/http/raw.ts';
import type { Caller } from '@tradewind/chassis/http/route.ts';
import { notFound, router, splitTarget } from '@tradewind/chassis/http/router.ts';
import type { Trace } from '@tradewind/chassis/http/trace.ts';
import type { Service, World } from '@tradewind/chassis/service.ts';
import { authenticate } from './http/authenticate.ts';
import { publicDocument } from './http/document.ts';
import { headersIn, headersOut } from './http/headers.ts';
import { RateLimit, type Rate } from './http/rate-limit.ts';
import { readinessOf } from './http/readiness.ts';
import { routes, type GatewayRoute } from './routes.ts';

export interface GatewayPorts { http: Http; tokens: Tokens }

export interface GatewaySettings {
  /** Deadline of each request, in ms from its arrival. */
  patience: number;
  /** Of one caller. */
  rate: Rate;
  /** Requests in hand at a time, of all callers. */
  inFlight: number;
  /** Bytes. */
  bodyLimit: number;
  routes: GatewayRoute[];
  /** Asked whether they are ready. */
  services: string[];
}

const DEFAULTS: GatewaySettings = {
  patience: 10_000, rate: { perSecond: 2_000, burst: 4_000, callers: 10_000 }, inFlight: 1_000, bodyLimit: 100 * 1024, routes,
  services: [...new Set(routes.map((route) => route.service)), 'payments'], // which has no route
};

const COMPLAIN_EVERY_MS = 1_000;

/**
 * The one door to the platform. It finds the route, verifies the token, limits each caller, and hands the
 * bytes on with an identity, a deadline and a trace that no caller can write. It changes nothing else.
 */
export function gateway({ http, tokens }: GatewayPorts, world: World, settings: Partial<GatewaySettings> = {}): Service & { handler: Handler } {
  const { patience, rate, inFlight, bodyLimit, routes: table, services } = { ...DEFAULTS, ...settings };
  const { clock, logger } = world;
  const limit = new RateLimit(rate);
  const document = publicDocument({ http, clock, routes: table });
  const readiness = readinessOf(services, http, clock);
  const find = router<Entry>([...table, { method: 'GET', path: '/openapi.json' }]);
  let inHand = 0;
  const complained = new Map<string, number>();

  /** Once a second for each service: an outage is no reason for a line a request. */
  const complain = (service: string, error: unknown): void => {
    if (clock.now() - (complained.get(service) ?? -Infinity) < COMPLAIN_EVERY_MS) return;
    complained.set(service, clock.now());
    logger.warn({ err: error, service }, 'a service gave no answer');
  };

  const admit = async (entry: GatewayRoute, { headers, body, remote = '' }: RawRequest): Promise<Caller> => {
    const caller = await authenticate(headers['authorization'], tokens);
    if (caller.role === 'anonymous' && !entry.open) throw new Problem('token-missing', 'This needs a bearer token.');
    const wait = limit.take(callerHeader(caller) ?? `anonymous:${remote}`, clock.now());
    if (wait > 0) throw new Problem('rate-limited', 'You send too many requests.', { headers: { 'retry-after': String(Math.ceil(wait / 1000)) } });
    if (body.length > bodyLimit) throw new Problem('body-too-large', `The body is larger than ${bodyLimit} bytes.`);
    return caller;
  };

  const forward = async (entry: GatewayRoute, raw: RawRequest, { trace, deadline }: { trace: Trace; deadline: number }): Promise<RawResponse> => {
    if (inHand >= inFlight) throw new Problem('service-unavailable', 'The gateway has all the requests in hand that it can take.');
    inHand += 1;
    try {
      const caller = await admit(entry, raw);
      const { method, path, body } = raw;
      const sent = { service: entry.service, method, path, headers: headersIn(raw.headers, caller, trace), deadline };
      const answer = await http.send(body.length ? { ...sent, body } : sent).catch((error: unknown) => {
        complain(entry.service, error);
        throw error;
      });
      return { ...answer, headers: headersOut(answer.headers) };
    } finally {
      inHand -= 1;
    }
  };

  const handler = answering({ name: 'gateway', problems: {} }, world, (raw, trace, now) => {
    const match = find(raw.method, splitTarget(raw.path).path);
    if (match.type !== 'found') return { response: Promise.reject(notFound(match, raw.method)) };
    const { entry: operation } = match;
    return { operation, response: isRoute(operation) ? forward(operation, raw, { trace, deadline: now + patience }) : document().then(asJson) };
  });

  /** One that never was may be misled about where the services are; later it can tell better that they are away than a connection that nobody takes. */
  let reached = false;
  return {
    name: 'gateway', routes: [], problems: {}, handler,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    async unready() {
      reached ||= Object.values(await readiness()).includes('ready');
      return reached ? [] : ['no service was ready yet'];
    },
    readiness: async () => ({ services: await readiness() }),
  };
}

/** A route to a service, or the gateway's own document. */
type Entry = GatewayRoute | { method: 'GET'; path: '/openapi.json' };

function isRoute(entry: Entry): entry is GatewayRoute {
  return 'service' in entry;
}

function asJson(body: string): RawResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
