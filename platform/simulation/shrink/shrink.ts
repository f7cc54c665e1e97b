import type { Plan } from '../plan/plan.ts';
import { minimise } from './minimise.ts';

interface Options { /** Runs at most. */ most: number; tell(tried: number): void }

/** The fewest faults, and then the smallest workload, that still break. @param breaks for `broken` it is known to be true. */
export async function shrink(broken: Plan, breaks: (plan: Plan) => Promise<boolean>, { most, tell }: Options): Promise<{ plan: Plan; tried: number }> {
  let tried = 0;
  const stillBreaks = async (plan: Plan): Promise<boolean> => {
    if (tried >= most) return false;
    tried += 1;
    tell(tried);
    return breaks(plan);
  };
  const fewerFaults = async (plan: Plan): Promise<Plan> => ({ ...plan, faults: await minimise(plan.faults, (faults) => stillBreaks({ ...plan, faults })) });
  let plan = await fewerFaults(broken);
  plan = { ...plan, steps: await minimise(plan.steps, (steps) => stillBreaks({ ...plan, steps })) };
  plan = await fewerReplicas(plan, stillBreaks);
  return { plan: await fewerFaults(plan), tried };
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
