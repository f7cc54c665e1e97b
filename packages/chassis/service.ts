import type { Logger } from './logger.ts';
import type { Registry } from 'prom-client';
import type { Clock } from './clock.ts';
import type { ProblemKinds } from './http/problem.ts';
import type { Route } from './http/route.ts';
import type { Random } from './random.ts';

/** What every service is given, besides the ports of its own. */
export interface World {
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Registry;
}

/** A service as the topologies see it: ports went in, this came out. */
export interface Service {
  name: string;
  routes: Route[];
  /** Status and title of each code that its routes answer with. */
  problems: ProblemKinds;
  /** Subscribes and starts its loops. Rejects when a port does not answer. */
  start(): Promise<void>;
  /** Takes no new work, finishes what is in hand, lets go of leases. */
  stop(): Promise<void>;
  /** Why it cannot take requests now; empty when it can. */
  unready(): Promise<string[]>;
  /** More for the answer of `/health/ready`. Never rejects. */
  readiness?(): Promise<object>;
}

/** Something that was started and can be stopped: a subscription, a relay, a server. */
export interface Running {
  stop(): Promise<void>;
}
