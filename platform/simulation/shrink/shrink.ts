import type { Plan } from '../plan/plan.ts';
import { play, type Played } from '../play.ts';
import { minimise } from './minimise.ts';

export interface Shrunk { plan: Plan; played: Played; tried: number }

/**
 * The fewest faults, and then the smallest workload, that still break the same rule.
 * @param broken a plan that breaks it, and the rule. @param most runs at most.
 */
export async function shrink(broken: Plan, rule: string, { most, tell }: { most: number; tell: (tried: number) => void }): Promise<Shrunk> {
  let tried = 0;
  const breaks = async (plan: Plan): Promise<boolean> => {
    if (tried >= most) return false;
    tried += 1;
    tell(tried);
    return (await play(plan)).breaches.some(({ invariant }) => invariant === rule);
  };
  let plan = broken;
  plan = { ...plan, faults: await minimise(plan.faults, (faults) => breaks({ ...plan, faults })) };
  plan = { ...plan, steps: await minimise(plan.steps, (steps) => breaks({ ...plan, steps })) };
  plan = await fewerReplicas(plan, breaks);
  plan = { ...plan, faults: await minimise(plan.faults, (faults) => breaks({ ...plan, faults })) };
  return { plan, played: await play(plan, { told: true }), tried };
}

async function fewerReplicas(plan: Plan, breaks: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let least = plan;
  for (const service of Object.keys(plan.replicas) as (keyof Plan['replicas'])[]) {
    const needed = plan.faults.some((fault) => 'place' in fault && fault.place.service === service && fault.place.replica > 0);
    if (needed || least.replicas[service] === 1) continue;
    const fewer = { ...least, replicas: { ...least.replicas, [service]: 1 } };
    if (await breaks(fewer)) least = fewer;
  }
  return least;
}
