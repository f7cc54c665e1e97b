import type { Logger } from '@tradewind/chassis/logger.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { simulatedProvider, type SimulatedProvider } from '@tradewind/payments/provider/simulated.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import { pino } from 'pino';
import type { Plan } from '../plan/plan.ts';
import type { Breach } from '../verdict/breach.ts';
import { clockOn } from '../time/process-clock.ts';
import { Scheduler } from '../time/scheduler.ts';
import { Disturbances } from './disturbances.ts';
import { Durable } from './durable.ts';
import { Hints } from './hints.ts';
import { EPOCH, type Process } from './process.ts';
import { Slot } from './slot.ts';
import { Trace } from './trace.ts';

/** Everything that is there, besides the processes' own memory. */
export class World {
  readonly seed: number;
  readonly scheduler = new Scheduler();
  readonly durable = new Durable();
  readonly disturbances = new Disturbances();
  readonly hints = new Hints(this.scheduler);
  readonly trace: Trace;
  /** What a port was seen to do, and must not, whatever came of it. */
  readonly seen: Breach[] = [];
  readonly logger: Logger;
  readonly slots: Slot[];
  /** Of orders. */
  readonly settings: { stepTimeoutMs: number };
  /** The payment provider is somebody else's: it does not crash with us. */
  readonly provider: SimulatedProvider;
  /** True time. */
  readonly clock = clockOn({
    now: () => EPOCH + Math.floor(this.scheduler.now / 1_000), later: (us, task) => this.scheduler.after(us, task),
  });

  constructor({ seed, replicas, stepTimeoutMs }: Plan, { told }: { told: boolean }) {
    this.seed = seed;
    this.settings = { stepTimeoutMs };
    this.trace = new Trace(() => this.scheduler.now, told);
    this.logger = told ? telling(this.trace) : silent;
    this.slots = serviceNames.flatMap((service) => Array.from({ length: replicas[service] }, (_, replica) => ({ service, replica })))
      .map((place, index) => new Slot(place, index));
    this.provider = simulatedProvider({ book: this.durable.book, clock: this.clock, random: seededRandom(`${seed}:provider`) });
  }

  uncaught({ name }: Process, error: unknown): void {
    this.seen.push({ invariant: 'no-uncaught-error', subject: name, detail: error instanceof Error ? error.stack ?? error.message : String(error) });
  }

  slotsOf(service: string): Slot[] {
    return this.slots.filter(({ place }) => place.service === service);
  }
}

const silent = pino({ level: 'silent' });

/** What the services log, as lines of the trace; of errors their names, since stacks differ from run to run. */
function telling(trace: Trace): Logger {
  const serializers = { err: (error: unknown) => error instanceof CodedError ? `${error.code}: ${error.message}` : String(error) };
  return pino({ level: 'warn', base: null, timestamp: false, serializers }, { write: (line: string) => trace.lines?.push(`             log ${line.trimEnd()}`) });
}
