import type { Channel, ConsumeMessage } from 'amqplib';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { Consumption, type Held } from '../consumption.ts';
import { tasksErrors, type Delivery, type Verdict } from '../port.ts';
import { settlementOf, type Settlement } from '../settlement.ts';
import { Acks } from './acks.ts';
import { backoff, LONGEST_BACKOFF_MS } from './backoff.ts';
import type { Connection } from './connection.ts';
import { asTasksError } from './failure.ts';
import type { Mover } from './mover.ts';
import { answered, within } from './patience.ts';
import type { LocalQueue, Topologies } from './topologies.ts';
import { arrived, type Arrived } from './wire.ts';

export interface ConsumerOptions {
  connection: Connection;
  topologies: Topologies;
  mover: Mover;
  clock: Clock;
  random: Random;
  logger?: Logger;
  /** Whoever leaves waits no longer than this for a server that does not answer. */
  patienceMs: number;
}

interface Job { queue: string; local: LocalQueue; prefetch: number; handle(delivery: Delivery): Promise<Verdict> }

/** What the server holds for us lasts as long as this channel: then it gives it to others. */
interface Slot { channel: Channel; acks: Acks; tag: string; cancelled: boolean }

interface Taken extends Held { slot: Slot; message: ConsumeMessage; arrived: Arrived }

/** What AMQP has room for. */
const MOST_PREFETCH = 65_535;
/** A server cancels a queue's consumers before it has forgotten the queue: one that asks for it then costs the whole connection (541). */
const GOING_MS = 500;

/** One consumer of one queue, which comes back when its channel, its connection or its queue does. */
export class QueueConsumer {
  readonly #options: ConsumerOptions;
  readonly #job: Job;
  readonly #consumption: Consumption<Taken>;
  readonly #moving = new Set<Promise<void>>();
  readonly #leaving = new AbortController();
  /** Given by the server for a place that a delivery of a lost channel still takes. */
  #waiting: Taken[] = [];
  #slot: Slot | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: ConsumerOptions, job: Job) {
    this.#options = options;
    this.#job = job;
    this.#consumption = new Consumption({ prefetch: job.prefetch, handle: job.handle, ended: (taken, verdict) => this.#ended(taken, verdict) });
  }

  get queue(): string {
    return this.#job.queue;
  }

  /** Given to us by the server, and not settled. */
  get unsettled(): number {
    return [...this.#consumption.inHand].filter(({ slot }) => slot.acks.open).length + this.#waiting.length + this.#moving.size;
  }

  /** @throws CodedError `queue-unknown` */
  async start(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      throw asTasksError(error);
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#leaving.abort();
    const idle = this.#consumption.stop();
    const slot = this.#slot;
    if (slot) await this.#patiently(slot.channel.cancel(slot.tag));
    for (const { slot: { acks }, message } of this.#waiting.splice(0)) acks.nack(message, true);
    await idle;
    await this.#patiently(Promise.all(this.#moving));
    // Its answer says that the server has read all that was settled before.
    if (slot?.acks.open) await this.#leave(slot);
  }

  /** From now on the server gives to others what we have not settled. */
  async #leave(slot: Slot): Promise<void> {
    slot.acks.flush();
    this.#giveUp(slot);
    await this.#patiently(slot.channel.close());
    this.#closed(slot); // the server may never say so
  }

  async #open(): Promise<void> {
    const { queue, prefetch } = this.#job;
    const { connection, clock, patienceMs } = this.#options;
    const channel = await connection.channel();
    const slot: Slot = { channel, acks: new Acks(channel), tag: '', cancelled: false };
    channel.on('error', (error) => { this.#options.logger?.warn({ err: error, queue }, 'the server closed a consumer'); });
    channel.on('close', () => this.#closed(slot));
    try {
      await answered(clock, patienceMs, channel.prefetch(Math.min(prefetch, MOST_PREFETCH)));
      slot.tag = (await answered(clock, patienceMs, channel.consume(queue, (message) => this.#arrived(slot, message)))).consumerTag;
    } catch (error) {
      void this.#leave(slot); // it may be a consumer after all
      throw error;
    }
    this.#slot = slot;
    if (this.#stopping) await this.#leave(slot);
    else if (!slot.acks.open) this.#closed(slot); // it was closed before it was the one in use
  }

  /** What it was given belongs to others. */
  #giveUp(slot: Slot): void {
    slot.acks.close();
    this.#waiting = this.#waiting.filter((taken) => taken.slot !== slot);
  }

  #closed(slot: Slot): void {
    this.#giveUp(slot);
    if (this.#slot !== slot) return;
    this.#slot = undefined;
    void this.#reopen(slot.cancelled);
  }

  async #reopen(cancelled: boolean): Promise<void> {
    const { connection, clock } = this.#options;
    const wanted = (): boolean => !this.#stopping && !connection.isClosed;
    if (cancelled) await clock.sleep(GOING_MS, this.#leaving.signal);
    for (let failed = 0; wanted(); failed += 1) {
      while (!connection.isOpen && wanted()) await connection.change(LONGEST_BACKOFF_MS);
      if (await this.#opensAgain(failed)) return;
    }
  }

  async #opensAgain(failed: number): Promise<boolean> {
    const { topologies, clock, random, logger } = this.#options;
    const { queue, local } = this.#job;
    try {
      if (local.temporary) await topologies.revive(queue);
      await this.#open();
      return true;
    } catch (error) {
      const reason = asTasksError(error);
      logger?.warn({ err: reason, queue, failed: failed + 1 }, 'not consuming yet');
      if (tasksErrors.is(reason, 'queue-unknown')) await topologies.revive(queue).catch((err: unknown) => logger?.warn({ err, queue }, 'not declared again'));
      await clock.sleep(backoff(failed, random), this.#leaving.signal);
      return false;
    }
  }

  #arrived(slot: Slot, message: ConsumeMessage | null): void {
    const { queue } = this.#job;
    if (!message) {
      this.#options.logger?.warn({ queue }, 'the server cancelled a consumer: the queue is gone');
      slot.cancelled = true;
      void this.#leave(slot);
      return;
    }
    if (this.#stopping) return slot.acks.nack(message, true);
    const taken = this.#read(slot, message);
    if (!taken) return;
    if (this.#consumption.room > 0) this.#consumption.take(taken);
    else this.#waiting.push(taken);
  }

  #read(slot: Slot, message: ConsumeMessage): Taken | undefined {
    try {
      const read = arrived(this.#job.queue, message);
      return { slot, message, arrived: read, delivery: read.delivery, retries: read.retries, id: message.fields.deliveryTag, session: 0 };
    } catch (error) {
      this.#options.logger?.warn({ err: error, queue: this.#job.queue }, 'not a task: to the dead letters');
      slot.acks.nack(message, false);
      return undefined;
    }
  }

  #ended(taken: Taken, verdict: Verdict): void {
    const { attempt } = taken.delivery;
    const settlement = settlementOf(verdict, { attempt, retries: taken.retries }, this.#job.local.policy, this.#options.random);
    if (settlement.type === 'done') this.#acknowledge(taken);
    else this.#track(this.#move(taken, settlement));
    const next = this.#consumption.room > 0 ? this.#waiting.shift() : undefined;
    if (next) this.#consumption.take(next);
  }

  #track(moving: Promise<void>): void {
    this.#moving.add(moving);
    void moving.then(() => this.#moving.delete(moving));
  }

  /** Again and again, for as long as the original is ours: it stays where it is until the copy is safe. */
  async #move(taken: Taken, settlement: Exclude<Settlement, { type: 'done' }>): Promise<void> {
    const { mover, clock, random, logger } = this.#options;
    for (let failed = 0; taken.slot.acks.open; failed += 1) {
      try {
        await (settlement.type === 'again' ? mover.retry(taken, settlement) : mover.bury(taken, settlement));
        break;
      } catch (error) {
        logger?.warn({ err: error, queue: this.#job.queue, failed: failed + 1 }, 'a delivery is not moved yet');
        await clock.sleep(backoff(failed, random));
      }
    }
    this.#acknowledge(taken);
  }

  #acknowledge({ slot, message, delivery: { queue, envelope: { id } } }: Taken): void {
    if (slot.acks.open) slot.acks.ack(message);
    else this.#options.logger?.warn({ queue, id }, 'settled too late: the server gives the task to another consumer');
  }

  #patiently(ending: Promise<unknown>): Promise<void> {
    return within(this.#options.clock, this.#options.patienceMs, ending);
  }
}
