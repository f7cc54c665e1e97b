import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import { partitionOf } from '../partition.ts';
import { logErrors, type Message, type Position } from '../port.ts';
import type { Code } from './codes.ts';
import type { Cluster } from './cluster.ts';
import { asLogError, BrokerError, good, mayPass } from './failure.ts';
import { Lane, type Call, type Entry } from './lane.ts';
import type { Node, Producer } from './link.ts';
import { encodeRecord, type Encoded } from './record.ts';

interface Options {
  cluster: Cluster;
  clock: Clock;
  logger?: Logger;
  /** What is published within this time goes together. */
  lingerMs: number;
  /** A batch is sent again for this long. */
  deliveryMs: number;
}

const LANE = 'produce';
/** A call as large as this waits for no others. */
const WORTH_A_REQUEST = 8_000;
const REQUEST_MS = 10_000;
const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 1_000;

/** The broker lost, or never had, what it needs to know this producer's batches: nothing was written. */
const STRANGER: ReadonlySet<Code> = new Set<Code>([
  'OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_ID_MAPPING', 'PRODUCER_FENCED',
  // Written before, at a position it no longer knows: written once more it has one.
  'DUPLICATE_SEQUENCE_NUMBER',
]);
const TOO_LARGE: ReadonlySet<Code> = new Set<Code>(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

type Parcel = { node: Node; producer: Producer; lanes: Lane[] };

/**
 * Publishes as an idempotent producer. A partition has one batch on its way at most: a later one cannot overtake it, and
 * the broker's answer says where each message stands.
 */
export class Publisher {
  readonly #options: Options;
  readonly #lanes = new Map<string, Lane[]>();
  readonly #ready = new Set<Lane>();
  #producer: Producer | undefined;
  #asking: Promise<Producer> | undefined;
  #sending = false;
  #lingering: (() => void) | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** @throws CodedError */
  async publish(topic: string, messages: Message[]): Promise<Position[]> {
    const lanes = this.#lanes.get(topic) ?? await this.#open(topic);
    // Encoded before any is sent: one that is too large leaves nothing of its call in the log.
    const encoded = messages.map(encodeRecord);
    if (messages.length === 0) return [];
    return new Promise((resolve, reject) => this.#add(lanes, messages, encoded, { positions: [], missing: messages.length, resolve, reject }));
  }

  async #open(topic: string): Promise<Lane[]> {
    const partitions = await this.#options.cluster.partitions(topic);
    const lanes = this.#lanes.get(topic) ?? Array.from({ length: partitions }, (_, partition) => new Lane({ topic, partition }));
    this.#lanes.set(topic, lanes);
    return lanes;
  }

  #add(lanes: Lane[], messages: Message[], encoded: Encoded[], call: Call): void {
    const since = this.#options.clock.now();
    for (const [at, { key }] of messages.entries()) {
      const lane = lanes[partitionOf(key, lanes.length)];
      const entry = encoded[at];
      if (!lane || !entry) continue;
      lane.add({ ...entry, call, at, since } satisfies Entry);
      if (!lane.busy) this.#ready.add(lane);
    }
    const bytes = encoded.reduce((sum, each) => sum + each.bytes, 0);
    if (this.#ready.size > 0) this.#schedule(bytes < WORTH_A_REQUEST ? this.#options.lingerMs : 0);
  }

  /** Sends at the end of this turn of the event loop, or after a while; what was to be sent later goes along. */
  #schedule(ms: number): void {
    if (this.#sending || (ms > 0 && this.#lingering)) return;
    this.#lingering?.();
    this.#lingering = undefined;
    if (ms > 0) {
      this.#lingering = this.#options.clock.after(ms, () => void this.#send());
      return;
    }
    this.#sending = true;
    setImmediate(() => void this.#send());
  }

  /** Sends a batch of each partition that has one waiting, those of a broker together. Never rejects. */
  async #send(): Promise<void> {
    this.#sending = false;
    this.#lingering = undefined;
    const lanes = [...this.#ready];
    this.#ready.clear();
    for (const lane of lanes) {
      lane.busy = true;
      lane.load();
    }
    const parcels = await this.#parcels(lanes);
    await Promise.all(parcels.map((parcel) => this.#deliver(parcel)));
  }

  /** By broker and producer. */
  async #parcels(lanes: Lane[]): Promise<Parcel[]> {
    const parcels: Parcel[] = [];
    await Promise.all(lanes.map(async (lane) => {
      try {
        const node = await this.#options.cluster.leader(lane);
        const producer = lane.producer ?? await this.#newcomer(lane);
        const parcel = parcels.find((each) => each.node === node && each.producer === producer);
        if (parcel) parcel.lanes.push(lane);
        else parcels.push({ node, producer, lanes: [lane] });
      } catch (error) {
        this.#failed(lane, wasThere(error));
      }
    }));
    return parcels;
  }

  async #newcomer(lane: Lane): Promise<Producer> {
    this.#producer ??= await this.#ask();
    lane.use(this.#producer);
    return this.#producer;
  }

  /** Partitions that want a producer at the same time get the same. */
  #ask(): Promise<Producer> {
    this.#asking ??= this.#options.cluster.any((link) => link.producerId())
      .then((answer) => good(answer, 'producer'))
      .finally(() => { this.#asking = undefined; });
    return this.#asking;
  }

  async #deliver({ node, producer, lanes }: Parcel): Promise<void> {
    const { cluster } = this.#options;
    try {
      const request = { producer, timeoutMs: REQUEST_MS, batches: lanes.map((lane) => lane.request()) };
      const answers = await cluster.links.call(LANE, node, (link) => link.produce(request), REQUEST_MS + 2_000);
      for (const lane of lanes) {
        const answer = answers.find(({ topic, partition }) => topic === lane.topic && partition === lane.partition);
        this.#answered(lane, answer?.error ?? 'OTHER', answer?.offset ?? -1);
      }
    } catch (error) {
      for (const lane of lanes) {
        cluster.forget(lane.topic);
        this.#failed(lane, error);
      }
    }
  }

  #answered(lane: Lane, error: Code, base: number): void {
    if (error === 'NONE' && base >= 0) {
      lane.written(base);
      this.#again(lane, 0);
    } else if (error === 'NONE' || STRANGER.has(error)) {
      this.#renew(lane, error);
    } else if (TOO_LARGE.has(error) && lane.batch.length > 1) {
      lane.halve();
      this.#again(lane, 0);
    } else {
      this.#options.cluster.forget(lane.topic);
      this.#failed(lane, new BrokerError(error, `${lane.topic}/${lane.partition}`));
    }
  }

  /** Another producer id, unless another partition got one already. */
  #renew(lane: Lane, code: Code): void {
    const { topic, partition, producer } = lane;
    this.#options.logger?.warn({ topic, partition, code, producer: String(producer?.id) }, 'the broker does not know this producer: publishing as another');
    this.#retire(lane);
    this.#failed(lane, new BrokerError(code, `${topic}/${partition}`));
  }

  /**
   * A partition goes on as another producer, and never as this one again: its sequences would begin anew, and the broker,
   * which looks at nothing else, would take what comes for the first that it wrote of them.
   */
  #retire(lane: Lane): void {
    if (this.#producer === lane.producer) this.#producer = undefined;
    lane.producer = undefined;
  }

  #failed(lane: Lane, error: unknown): void {
    const { clock, deliveryMs, logger } = this.#options;
    const { topic, partition, failures } = lane;
    if (!mayPass(error)) {
      if (failures > 0) this.#retire(lane); // sent before, it may have been written after all: then its sequence is used
      lane.refuse(asLogError(error));
      return this.#again(lane, 0);
    }
    if (clock.now() - (lane.batch[0]?.since ?? 0) >= deliveryMs) {
      this.#retire(lane);
      lane.abandon(logErrors.error('log-unavailable', `${topic}/${partition} takes nothing: ${error instanceof Error ? error.message : String(error)}`, { cause: error }));
      return this.#again(lane, 0);
    }
    if (failures === 0) logger?.warn({ err: error, topic, partition, records: lane.batch.length }, 'not published yet');
    lane.failures += 1;
    this.#again(lane, Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS));
  }

  #again(lane: Lane, ms: number): void {
    if (ms > 0) {
      this.#options.clock.after(ms, () => this.#again(lane, 0));
      return;
    }
    lane.busy = false;
    if (lane.idle) return;
    this.#ready.add(lane);
    this.#schedule(0);
  }
}

/** Its topic was there when it was first published to: a broker that just came up may not know it yet. */
function wasThere(error: unknown): unknown {
  if (!logErrors.is(error, 'topic-unknown')) return error;
  return logErrors.error('log-unavailable', error instanceof Error ? error.message : '', { cause: error });
}
