import { expect, test } from '@jest/globals';
import { fold } from '@tradewind/events/decider.ts';
import type { PaymentEvent } from '@tradewind/events/facts/catalogue.ts';
import fc from 'fast-check';
import { asksProvider, payment, type ChargeResult, type Payment, type PaymentCommand, type RefundResult } from './payment.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const take = (result: ChargeResult): PaymentCommand => ({ type: 'TakePayment', data: { orderId: 'one', amount: eur(100), result } });
const refund = (result: RefundResult): PaymentCommand => ({ type: 'RefundPayment', data: { orderId: 'one', result } });
const charged = take({ status: 'taken', reference: 'r1' });
const refunded = refund({ status: 'refunded', amount: eur(100), reference: 'r1' });
const nothingTaken = refund({ status: 'nothing-taken' });

function play(commands: PaymentCommand[]): { state: Payment; events: PaymentEvent[] } {
  return commands.reduce<{ state: Payment; events: PaymentEvent[] }>(({ state, events }, command) => {
    const decided = payment.decide(command, state);
    return { state: fold(payment, decided, state), events: [...events, ...decided] };
  }, { state: payment.initial, events: [] });
}
const names = (commands: PaymentCommand[]) => play(commands).events.map((event) => event.type);

test('a payment is taken and refunded once', () => {
  expect(names([charged, charged, refunded, refunded, charged])).toEqual(['PaymentTaken', 'PaymentRefunded']);
});

test('a refund that comes first answers with nothing, and bars the late charge', () => {
  expect(play([nothingTaken, charged, charged]).events).toEqual([
    { type: 'PaymentRefunded', data: { orderId: 'one', amount: { amount: 0, currency: 'XXX' } } },
    { type: 'PaymentDeclined', data: { orderId: 'one', amount: eur(100), reason: 'refunded-before-taken' } },
  ]);
});

test('a refund that finds a charge nobody recorded records both', () => {
  expect(names([refunded, charged])).toEqual(['PaymentTaken', 'PaymentRefunded']);
});

test('a refund after a declined charge answers with nothing, in its currency', () => {
  expect(play([take({ status: 'declined' }), nothingTaken]).events.at(-1))
    .toEqual({ type: 'PaymentRefunded', data: { orderId: 'one', amount: eur(0) } });
});

test('a refund that is refused can be tried again', () => {
  const refused = refund({ status: 'refused', detail: 'no' });
  expect(names([charged, refused, refused, refunded])).toEqual(['PaymentTaken', 'RefundFailed', 'RefundFailed', 'PaymentRefunded']);
});

test('a provider that forgot a charge is not taken at its word', () => {
  expect(names([charged, nothingTaken])).toEqual(['PaymentTaken', 'RefundFailed']);
});

/** A provider as its port promises it: one outcome a key, closed by a refund that finds nothing. */
class Provider {
  status: 'none' | 'taken' | 'declined' | 'refunded' | 'closed' = 'none';
  readonly willing: boolean;
  constructor(willing: boolean) {
    this.willing = willing;
  }
  charge(): ChargeResult {
    if (this.status === 'none') this.status = this.willing ? 'taken' : 'declined';
    return this.status === 'declined' || this.status === 'closed' ? { status: this.status } : { status: 'taken', reference: 'r1' };
  }
  refund(): RefundResult {
    if (this.status === 'none') this.status = 'closed';
    if (this.status === 'taken') this.status = 'refunded';
    return this.status === 'refunded' ? { status: 'refunded', amount: eur(100), reference: 'r1' } : { status: 'nothing-taken' };
  }
}

/** A handler asks the provider in one step and records in another; it may stop in between, or be overtaken. */
type Step = { ask: 'take' | 'refund' } | { record: number };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom('take' as const, 'refund' as const).map((ask) => ({ ask })),
  fc.nat({ max: 5 }).map((record) => ({ record })),
);

test('however handlers overtake each other, money is taken at most once, never after its refund, and refunded at most as taken', () => {
  fc.assert(fc.property(fc.boolean(), fc.array(anyStep, { maxLength: 25 }), (willing, steps) => {
    const provider = new Provider(willing);
    const answers: PaymentCommand[] = [];
    let story: { state: Payment; events: PaymentEvent[] } = { state: payment.initial, events: [] };
    for (const step of steps) {
      if ('ask' in step) {
        if (step.ask === 'take') answers.push(take(asksProvider('TakePayment', story.state) ? provider.charge() : { status: 'closed' }));
        else answers.push(refund(asksProvider('RefundPayment', story.state) ? provider.refund() : { status: 'nothing-taken' }));
        continue;
      }
      const command = answers[step.record % Math.max(1, answers.length)];
      if (!command) continue;
      const events = payment.decide(command, story.state);
      story = { state: fold(payment, events, story.state), events: [...story.events, ...events] };
    }
    const types = story.events.map((event) => event.type);
    const sum = (type: PaymentEvent['type']) => story.events.reduce((total, event) =>
      event.type === type && 'amount' in event.data ? total + event.data.amount.amount : total, 0);
    expect(types.filter((type) => type === 'PaymentTaken').length).toBeLessThanOrEqual(1);
    expect(types.lastIndexOf('PaymentTaken')).toBeLessThanOrEqual(types.indexOf('PaymentRefunded') < 0 ? Infinity : types.indexOf('PaymentRefunded'));
    expect(sum('PaymentRefunded')).toBeLessThanOrEqual(sum('PaymentTaken'));
    if (sum('PaymentTaken') > 0) expect(['taken', 'refunded']).toContain(provider.status);
    if (sum('PaymentRefunded') > 0) expect(provider.status).toBe('refunded');
    expect(types).not.toContain('RefundFailed');
  }), { numRuns: 500 });
});
