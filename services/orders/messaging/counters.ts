import type { SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import { everyStep } from '@tradewind/events/facts/saga.ts';
import { Counter, type Registry } from 'prom-client';

/** Counts what becomes of sagas, once it is committed. Replicas of one process may share a registry. */
export function sagaCounters(registry: Registry): (events: SagaEvent[]) => void {
  const parked = counter(registry, 'sagas_parked_total', 'Sagas whose compensation failed for good: each needs a person.', 'step');
  const ended = counter(registry, 'sagas_ended_total', 'Sagas that came to their end.', 'outcome');
  const resent = counter(registry, 'saga_steps_resent_total', 'Commands sent again because no answer came in time.', 'step');
  for (const step of everyStep) parked.inc({ step }, 0); // the first is an increase too
  return (events) => {
    for (const event of events) {
      if (event.type === 'SagaParked') parked.inc({ step: event.data.step });
      if (event.type === 'SagaEnded') ended.inc({ outcome: event.data.outcome });
      if (event.type === 'SagaStepResent') resent.inc({ step: event.data.step });
    }
  };
}

function counter(registry: Registry, name: string, help: string, label: string): Counter {
  const known: unknown = registry.getSingleMetric(name);
  return known instanceof Counter ? known : new Counter({ name, help, labelNames: [label], registers: [registry] });
}
