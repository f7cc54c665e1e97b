import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fold, Refusal } from '@tradewind/events/decider.ts';
import { facts, type OrderEvent, type SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import { move, orderEvents, type Move, type StepCommand } from './move.ts';
import { order, type Order } from './order.ts';
import { consultsOrder, saga, type SagaInput } from './saga.ts';
import { awaited, evolve, type Awaited, type Saga } from './saga-state.ts';
import { securing, settling, type Step, type Terms } from './steps.ts';

const total = { amount: 1000, currency: 'EUR' };
const terms: Terms = { orderId: 'o1', customerId: 'c1', paymentMethod: 'card-visa', total, lines: [{ productId: 'p1', quantity: 2 }] };
const placed: Order = { status: 'placed', orderId: 'o1', customerId: 'c1', total };
const undoing = ['refund-payment', 'release-stock', 'release-credit'] as const;
const undoes: Record<string, Step> = { 'refund-payment': 'take-payment', 'release-stock': 'reserve-stock', 'release-credit': 'reserve-credit' };

const step = fc.constantFrom<Step>(...securing, ...settling, ...undoing);
const resume: SagaInput = { type: 'resume', by: 'operator:ann' };
type Says = Extract<SagaInput, { type: 'answer' }>['says'];
/** An answer without a step is to whatever is awaited. */
type Cue = { type: 'answer'; step?: Step; says: Says } | { type: 'order-placed' } | { type: 'cancel' } | { type: 'timeout' } | { type: 'resume' };
const says = fc.constantFrom<Says>('done', 'done', 'done', 'done', 'rejected', 'failed');
const cue: fc.Arbitrary<Cue> = fc.oneof(
  fc.tuple(step, says).map(([each, what]): Cue => ({ type: 'answer', step: each, says: what })),
  says.map((what): Cue => ({ type: 'answer', says: what })),
  fc.constantFrom<Cue[]>({ type: 'order-placed' }, { type: 'timeout' }, { type: 'resume' }, { type: 'cancel' }),
);

/** The saga and its order, with all that came of them. */
class Story {
  saga: Saga = saga.initial;
  order: Order = placed;
  readonly sagaEvents: SagaEvent[] = [];
  readonly orderEvents: OrderEvent[] = [];
  readonly sent: StepCommand[] = [];
  timer: Awaited[] | undefined;
  /** Securing steps that a participant refused, as the saga heard it while it waited for them. */
  readonly refused = new Set<Step>();

  /** @returns the commands to deliver; none where the input is refused. */
  take(input: SagaInput): StepCommand[] {
    if (input.type === 'answer' && input.says !== 'done' && awaited(this.saga).some(({ step: each }) => each === input.step)) this.refused.add(input.step);
    const consulted = consultsOrder(input, this.saga);
    const asLoaded = 'order' in input && !consulted ? { ...input, order: order.initial } : input;
    const made = move(asLoaded, this.saga);
    const toOrder = orderEvents(made.order, consulted ? this.order : order.initial);
    if (made.order) expect(toOrder.length === 1 || this.order.status === 'cancelled').toBe(true);
    this.order = fold(order, toOrder, this.order);
    this.saga = made.after;
    this.sagaEvents.push(...made.events);
    this.orderEvents.push(...toOrder);
    this.sent.push(...made.commands);
    this.#keepTimer(made);
    return made.commands;
  }

  #keepTimer({ timer }: Move): void {
    if (timer) this.timer = timer.type === 'await' ? timer.awaited : undefined;
  }

  cancelByCustomer(): void {
    if (this.order.status !== 'placed') return;
    const events = order.decide({ type: 'CancelOrder', reason: 'requested-by-customer' }, this.order);
    this.order = fold(order, events, this.order);
    this.orderEvents.push(...events);
  }

  /** Once, at the end of a story: its events fit their schemas, and replaying them gives its state. */
  checkRecord(): void {
    for (const event of [...this.sagaEvents, ...this.orderEvents])
      expect(facts[event.type].schema.safeParse(event.data).error).toBeUndefined();
    expect(fold(saga, this.sagaEvents)).toEqual(this.saga);
  }

  /** After every input. */
  check(): void {
    const confirmed = this.orderEvents.some((each) => each.type === 'OrderConfirmed');
    const compensating = this.sagaEvents.flatMap((each) => (each.type === 'SagaCompensating' ? [each.data.steps] : []));
    const ends = this.sagaEvents.flatMap((each) => (each.type === 'SagaEnded' ? [each.data.outcome] : []));
    expect(compensating.length + (confirmed ? 1 : 0)).toBeLessThanOrEqual(1);
    expect(ends.length).toBeLessThanOrEqual(1);
    expect(this.sagaEvents.at(-1)?.type === 'SagaEnded').toBe(ends.length === 1);
    if (ends[0]) expect(this.order.status).toBe(ends[0]);
    if (ends[0] === 'confirmed') expect(this.#done((each) => !(each in undoes)).sort()).toEqual([...securing, ...settling].sort());
    for (const steps of compensating) this.#checkUndoing(steps, ends[0] === 'cancelled');
    if (awaited(this.saga).length > 0) expect(this.timer).toEqual(expect.arrayContaining(awaited(this.saga)));
    if (this.saga.status === 'ended') expect(this.timer).toBeUndefined();
  }

  #done(which: (step: Step) => boolean): Step[] {
    return this.sagaEvents.flatMap((each) => (each.type === 'SagaStepDone' && which(each.data.step) ? [each.data.step] : []));
  }

  /** The list is the exact reverse of what was asked for and not refused, and commands follow it. */
  #checkUndoing(steps: Step[], ended: boolean): void {
    const asked = [...new Set(this.sent.map((each) => each.step))];
    const mayBeDone = asked.filter((each) => (securing as readonly Step[]).includes(each) && !this.refused.has(each));
    expect(steps.map((each) => undoes[each])).toEqual(mayBeDone.reverse());
    const undone = asked.filter((each) => each in undoes);
    expect(undone).toEqual(steps.slice(0, undone.length));
    if (ended) expect(this.#done((each) => each in undoes)).toEqual(steps);
    expect(asked.some((each) => (settling as readonly Step[]).includes(each))).toBe(false);
  }
}

const nextStep = (state: Saga): Step => awaited(state)[0]?.step ?? 'use-credit';

function cancel(story: Story): void {
  story.cancelByCustomer();
  if (story.order.status === 'cancelled') story.take({ type: 'order-cancelled', reason: 'requested-by-customer' });
}

function play(each: Cue, story: Story): void {
  const { saga: state, order: known, timer = [] } = story;
  switch (each.type) {
    case 'cancel': cancel(story); break;
    case 'resume':
      if (state.status === 'parked') story.take(resume);
      else expect(() => story.take(resume)).toThrow(Refusal);
      break;
    case 'timeout': story.take({ type: 'timeout', awaited: timer, order: known }); break;
    case 'order-placed': story.take({ type: 'order-placed', terms }); break;
    case 'answer': story.take({ ...each, step: each.step ?? nextStep(state), order: known });
  }
}

test('whatever comes in whatever order, the saga decides, and never both confirms and compensates', () => {
  const reached = new Set<string>();
  fc.assert(fc.property(fc.array(cue, { maxLength: 40 }), (cues) => {
    const story = new Story();
    story.take({ type: 'order-placed', terms });
    for (const each of cues) {
      play(each, story);
      reached.add(story.saga.status);
      story.check();
    }
    story.checkRecord();
  }), { numRuns: 300 });
  expect([...reached].sort()).toEqual(['compensating', 'confirming', 'ended', 'parked', 'running']);
});

const anyEvent: fc.Arbitrary<SagaEvent> = fc.oneof(
  fc.constant<SagaEvent>({ type: 'SagaStarted', data: terms }),
  step.map((each): SagaEvent => ({ type: 'SagaStepDone', data: { orderId: 'o1', step: each } })),
  step.map((each): SagaEvent => ({ type: 'SagaStepResent', data: { orderId: 'o1', step: each, attempt: 2 } })),
  fc.subarray([...undoing]).map((steps): SagaEvent => ({ type: 'SagaCompensating', data: { orderId: 'o1', reason: 'step-timed-out', steps } })),
  step.map((each): SagaEvent => ({ type: 'SagaParked', data: { orderId: 'o1', step: each, detail: 'x' } })),
  step.map((each): SagaEvent => ({ type: 'SagaResumed', data: { orderId: 'o1', step: each, by: 'ann' } })),
  fc.constantFrom('confirmed' as const, 'cancelled' as const).map((outcome): SagaEvent => ({ type: 'SagaEnded', data: { orderId: 'o1', outcome } })),
);

test('no history, however wrong, makes evolve or decide throw', () => {
  fc.assert(fc.property(fc.array(anyEvent, { maxLength: 12 }), cue, (history, each) => {
    const state = history.reduce(evolve, saga.initial);
    const input: SagaInput = each.type === 'answer' ? { step: nextStep(state), ...each, order: placed }
      : each.type === 'timeout' ? { type: 'timeout', awaited: awaited(state), order: placed }
        : each.type === 'order-placed' ? { type: 'order-placed', terms }
          : { type: 'order-cancelled', reason: 'requested-by-customer' };
    expect(Array.isArray(move(input, state).events)).toBe(true);
  }), { numRuns: 500 });
});

/** A participant: does a step once, undoes it once, and bars what comes after its undoing. */
class Participant {
  state: 'none' | 'done' | 'rejected' | 'undone' | 'settled' = 'none';
  readonly #seen = new Set<string>();
  readonly #refuses: boolean;
  #undoingFails: number;
  constructor(refuses: boolean, undoingFails: number) {
    this.#refuses = refuses;
    this.#undoingFails = undoingFails;
  }

  handle({ id, step: asked }: StepCommand): { step: Step; says: Says } | undefined {
    if (this.#seen.has(id)) return undefined;
    this.#seen.add(id);
    if (asked in undoes) {
      if (this.state === 'done' && this.#undoingFails-- > 0) return { step: asked, says: 'failed' };
      this.state = 'undone';
      return { step: asked, says: 'done' };
    }
    if ((settling as readonly Step[]).includes(asked)) {
      expect(this.state).toBe('done');
      this.state = 'settled';
      return { step: asked, says: 'done' };
    }
    if (this.state === 'none') this.state = this.#refuses ? 'rejected' : 'done';
    return { step: asked, says: this.state === 'done' ? 'done' : 'rejected' };
  }
}

const world = fc.record({
  refuses: fc.record({ credit: fc.boolean(), stock: fc.boolean(), payment: fc.boolean() }),
  often: fc.nat(3),
  refundFails: fc.nat(2),
  schedule: fc.array(fc.tuple(fc.nat(99), fc.constantFrom('deliver', 'deliver', 'deliver', 'duplicate', 'timeout', 'cancel')), { maxLength: 30 }),
});

test('with every message delivered at last, each saga ends, and the participants agree with its outcome', () => {
  const outcomes = new Map<string, number>();
  fc.assert(fc.property(world, ({ refuses, often, refundFails, schedule }) => {
    const sometimes = (refusing: boolean) => refusing && often === 0;
    const credit = new Participant(sometimes(refuses.credit), 0);
    const stock = new Participant(sometimes(refuses.stock), 0);
    const payment = new Participant(sometimes(refuses.payment), refundFails);
    const story = new Story();
    const bag: (() => void)[] = [];
    const participant = (each: Step) => (each.endsWith('credit') ? credit : each.endsWith('stock') ? stock : payment);
    const take = (input: SagaInput) => {
      for (const command of story.take(input)) bag.push(() => {
        const answer = participant(command.step).handle(command);
        if (answer) bag.push(() => take({ type: 'answer', ...answer, order: story.order }));
      });
    };
    const act: Record<string, (at: number) => void> = {
      deliver: (at) => bag.splice(at % Math.max(bag.length, 1), 1)[0]?.(),
      duplicate: (at) => bag[at % Math.max(bag.length, 1)]?.(),
      timeout: () => { if (story.timer) take({ type: 'timeout', awaited: story.timer, order: story.order }); },
      cancel: () => {
        const before = story.order;
        story.cancelByCustomer();
        if (story.order !== before) bag.push(() => take({ type: 'order-cancelled', reason: 'requested-by-customer' }));
      },
    };
    take({ type: 'order-placed', terms });
    for (const [at, what] of schedule) {
      act[what]?.(at);
      story.check();
    }
    while (bag.length > 0 || story.saga.status === 'parked') {
      if (bag.length > 0) act.deliver?.(0);
      else take(resume);
    }
    story.check();
    story.checkRecord();
    expect(story.saga.status).toBe('ended');
    const books = [credit.state, stock.state, payment.state];
    if (story.order.status === 'confirmed') expect(books).toEqual(['settled', 'settled', 'done']);
    else for (const state of books) expect(['none', 'rejected', 'undone']).toContain(state);
    outcomes.set(story.order.status, (outcomes.get(story.order.status) ?? 0) + 1);
  }), { numRuns: 400 });
  expect([...outcomes.keys()].sort()).toEqual(['cancelled', 'confirmed']);
});
