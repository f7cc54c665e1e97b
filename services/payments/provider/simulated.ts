import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { behaviourOf } from './behaviour.ts';
import type { Book } from './book.ts';
import { chargeOf, lookupOf } from './outcomes.ts';
import { Reports } from './reports.ts';
import { providerErrors, type Charge, type ChargeOutcome, type LookupOutcome, type PaymentProvider, type RefundOutcome } from './port.ts';

export interface SimulatedSettings {
  /** Each call takes a random time up to this. */
  latencyMs: number;
  /** How long `card-slow` takes. */
  slowMs: number;
  /** How long after taking the money `card-late` answers: longer than its caller waits. */
  lateMs: number;
  /** How many charges of a key `card-unavailable` turns away. */
  unavailableCalls: number;
}

export interface SimulatedProvider extends PaymentProvider {
  /** An operator of the provider lets a refund through that it refused. */
  mend(key: string): Promise<void>;
  /** Sends no more callbacks, and makes nobody wait. The book stays open. */
  close(): void;
}

interface Parts { book: Book; clock: Clock; random: Random }

/**
 * A payment provider whose moods are the customer's to choose by payment method (see `behaviour.ts`). What it
 * did stands in its book, which is all that several of these need to be one provider.
 */
export function simulatedProvider(parts: Parts, settings: Partial<SimulatedSettings> = {}): SimulatedProvider {
  return new Simulated(parts, { latencyMs: 20, slowMs: 2_000, lateMs: 5_000, unavailableCalls: 2, ...settings });
}

class Simulated implements SimulatedProvider {
  readonly #parts: Parts;
  readonly #settings: SimulatedSettings;
  readonly #closing = new AbortController();
  readonly #reports: Reports;
  /** Charges turned away so far, by key. */
  readonly #turnedAway = new Map<string, number>();

  constructor(parts: Parts, settings: SimulatedSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#reports = new Reports({ ...parts, spreadMs: settings.latencyMs }, this.#closing.signal);
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    const { book, clock, random } = this.#parts;
    const behaviour = behaviourOf(charge.paymentMethod);
    await this.#latency();
    if (behaviour === 'unavailable') this.#turnAway(charge.key);
    if (behaviour === 'slow') await this.#sleep(this.#settings.slowMs);
    const status = behaviour === 'declined' ? 'declined' : 'taken';
    const entry = await book.enter({ ...charge, status, reference: random.id(), at: clock.now() });
    if (behaviour === 'late') await this.#sleep(this.#settings.lateMs);
    if (behaviour === 'late' || behaviour === 'twice') this.#reports.send(entry, behaviour === 'twice' ? 2 : 1);
    return chargeOf(entry);
  }

  async lookup(key: string): Promise<LookupOutcome> {
    await this.#latency();
    return lookupOf(await this.#parts.book.find(key));
  }

  async refund(key: string): Promise<RefundOutcome> {
    const { book, clock } = this.#parts;
    await this.#latency();
    const found = await book.find(key);
    if (found?.status === 'taken' && behaviourOf(found.paymentMethod) === 'refund-fails' && !found.mended)
      throw providerErrors.error('refund-refused', `The provider refuses to refund ${key} until someone there mends it.`);
    const { status, reference, amount } = await book.refund(key, clock.now());
    return status === 'refunded' ? { status, reference, amount } : { status: 'nothing-taken' };
  }

  onCallback(listener: Parameters<PaymentProvider['onCallback']>[0]): () => void {
    return this.#reports.listen(listener);
  }

  mend(key: string): Promise<void> {
    return this.#parts.book.mend(key);
  }

  close(): void {
    this.#closing.abort();
  }

  #turnAway(key: string): void {
    const times = this.#turnedAway.get(key) ?? 0;
    if (times >= this.#settings.unavailableCalls) return void this.#turnedAway.delete(key);
    this.#turnedAway.set(key, times + 1);
    throw providerErrors.error('provider-unavailable');
  }

  #latency(): Promise<void> {
    return this.#sleep(this.#parts.random.next() * this.#settings.latencyMs);
  }

  #sleep(ms: number): Promise<void> {
    return this.#parts.clock.sleep(ms, this.#closing.signal);
  }
}
