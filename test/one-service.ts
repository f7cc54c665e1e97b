import { handlerOf } from '@tradewind/chassis/http/handler.ts';
import type { Handler } from '@tradewind/chassis/http/raw.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import type { Service, World } from '@tradewind/chassis/service.ts';
import { localWakeup, type Wakeup } from '@tradewind/chassis/wakeup.ts';
import { memoryEventStore } from '@tradewind/event-store/memory/store.ts';
import type { Outbox } from '@tradewind/event-store/outbox.ts';
import { storeErrors, type EventStore } from '@tradewind/event-store/port.ts';
import { decodeFact, encodeCommand } from '@tradewind/events/codec.ts';
import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { exchanges, queueOf, type topics } from '@tradewind/events/topology.ts';
import { memoryLog } from '@tradewind/log/memory/log.ts';
import { memoryParkingLot } from '@tradewind/log/parking/memory/lot.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import type { Log } from '@tradewind/log/port.ts';
import { memoryTasks } from '@tradewind/tasks/memory/tasks.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { VirtualClock } from './virtual-clock.ts';

export interface Ports { store: EventStore & Outbox; outbox: Outbox; log: Log; lot: ParkingLot; tasks: Tasks; wakeup: Wakeup }
export type Directed = CommandOf<keyof typeof queueOf>;

interface Asked { caller?: string; key?: string; body?: unknown }

/** The same store, which loses its answer to every `nth` append: it is committed, and its caller hears of an outage. */
export function losingAnswers<Store extends EventStore>(store: Store, nth: number): Store {
  let appends = 0;
  return {
    ...store,
    async append(...args: Parameters<EventStore['append']>) {
      const versions = await store.append(...args);
      appends += 1;
      if (appends % nth === 0) throw storeErrors.error('store-unavailable', 'the answer got lost');
      return versions;
    },
  };
}

/** One event-sourced service, or several replicas of it, on memory adapters and virtual time. */
export class OneService {
  readonly clock = new VirtualClock();
  readonly random = seededRandom(7);
  readonly ports: Ports;
  readonly #name: keyof typeof topics;
  readonly #topic: string;
  readonly #services: Service[] = [];
  #handler: Handler | undefined;

  constructor(name: keyof typeof topics, topic: string) {
    this.#name = name;
    this.#topic = topic;
    const { clock, random } = this;
    const wakeup = localWakeup();
    const store = memoryEventStore({ topic, name, clock, wakeup });
    this.ports = { store, outbox: store, log: memoryLog({ clock, wakeup }), lot: memoryParkingLot({ clock }), tasks: memoryTasks({ clock, random, wakeup }), wakeup };
  }

  /** Starts another replica. */
  async start(make: (ports: Ports, world: World) => Service): Promise<Service> {
    const world = { clock: this.clock, random: this.random, logger: pino({ level: 'silent' }), metrics: new Registry() };
    const service = make(this.ports, world);
    this.#handler ??= handlerOf(service, world);
    await service.start();
    this.#services.push(service);
    return service;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#services.splice(0).map((service) => service.stop()));
    await Promise.all([this.ports.store.close(), this.ports.log.close(), this.ports.tasks.close()]);
  }

  /** Sends commands as the order saga does: under an id that a resend keeps. */
  async send(...commands: Directed[]): Promise<void> {
    await this.ports.tasks.publish(commands.map((command) => ({
      exchange: exchanges.commands, routingKey: queueOf[command.type], envelope: this.envelope(command),
    })));
  }

  envelope(command: Directed, id = `${command.data.orderId}:${command.type}`): Envelope {
    const { orderId } = command.data;
    const stamp = { id, source: '/tradewind/orders', partitionkey: orderId, correlationid: orderId, causationid: 'saga', now: this.clock.now() };
    return encodeCommand(command, { ...stamp, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, orderId);
  }

  /** Waits until every queue is empty and every event is in the log. */
  settled(): Promise<void> {
    return this.clock.until(async () => {
      const depths = await this.ports.tasks.depths();
      const backlogs = await Promise.all([this.ports.outbox.backlog('log'), this.ports.outbox.backlog('tasks')]);
      return depths.every(({ ready, unsettled, retrying }) => ready + unsettled + retrying === 0) && backlogs.every(({ rows }) => rows === 0);
    });
  }

  /** Everything in the service's topic, in the order of each partition. */
  async envelopes(): Promise<Envelope[]> {
    const ends = await this.ports.log.ends(this.#topic);
    const partitions = await Promise.all(ends.map(({ partition, next }) => this.ports.log.read(this.#topic, partition, 0, next + 1)));
    return partitions.flat().map((record) => record.envelope);
  }

  /** The events of one stream as the log has them. */
  async events(stream: string): Promise<Fact[]> {
    return (await this.envelopes()).filter(({ subject }) => subject === stream).map((envelope) => decodeFact(envelope));
  }

  /** A request as the gateway would pass it on; by an operator unless `caller` says otherwise. */
  async ask<Body = Record<string, unknown>>(method: string, path: string, { caller = 'operator:olga', key, body }: Asked = {}) {
    if (!this.#handler) throw new Error(`${this.#name} has not been started`);
    const headers = {
      ...(caller && { 'x-caller': caller }), ...(key !== undefined && { 'idempotency-key': key }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const answer = await this.#handler({ method, path, headers, body: Buffer.from(body === undefined ? '' : JSON.stringify(body)) });
    const text = answer.body.toString();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? undefined : JSON.parse(text)) as Body };
  }
}
