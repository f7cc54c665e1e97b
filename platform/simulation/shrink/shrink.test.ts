import { expect, test } from '@jest/globals';
import { planOf, type Plan } from '../plan/plan.ts';
import { shrink } from './shrink.ts';

const places = (plan: Plan) => plan.steps.flatMap((step) => step.type === 'place' ? [step.order.orderId] : []);

test('a plan shrinks to what breaks it: its fault, its order, and one replica of each', async () => {
  const whole = { ...planOf(3), replicas: { ...planOf(3).replicas, orders: 2, inventory: 2 } };
  const fault = { at: 100, kind: 'pause' as const, place: { service: 'inventory' as const, replica: 1 }, ms: 50 };
  const broken = { ...whole, faults: [...whole.faults, fault] };
  const breaks = async (plan: Plan) => plan.faults.includes(fault) && places(plan).includes('o03');
  const { plan } = await shrink(broken, breaks, { most: 1_000, tell: () => undefined });
  expect(plan.faults).toEqual([fault]);
  expect(places(plan)).toEqual(['o03']);
  expect(plan.steps).toHaveLength(1);
  expect(plan.replicas).toMatchObject({ orders: 1, inventory: 2 });
});

test('it ends after so many runs, with what breaks so far', async () => {
  const broken = planOf(4);
  let runs = 0;
  const breaks = async (plan: Plan) => {
    runs += 1;
    return places(plan).includes('o01');
  };
  const { plan, tried } = await shrink(broken, breaks, { most: 7, tell: () => undefined });
  expect([runs, tried]).toEqual([7, 7]);
  expect(places(plan)).toContain('o01');
});
