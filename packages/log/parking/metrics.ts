import { Counter, Gauge, type Registry } from 'prom-client';

export interface ParkingMetrics { parked(group: string, code: string): void; records(group: string, records: number): void }

/** Replicas of one process may share a registry. */
export function parkingMetrics(registry: Registry): ParkingMetrics {
  const known = (name: string): unknown => registry.getSingleMetric(name);
  const [total, gauge] = [known('parked_total'), known('parked_records')];
  const counter = total instanceof Counter ? total : new Counter({
    name: 'parked_total', help: 'Records of the log parked because they cannot be handled, or wait behind one of their key.',
    labelNames: ['group', 'code'], registers: [registry],
  });
  const records = gauge instanceof Gauge ? gauge : new Gauge({
    name: 'parked_records', help: 'Records of the log that are parked now: each key needs a person.', labelNames: ['group'], registers: [registry],
  });
  return {
    parked: (group, code) => counter.inc({ group, code }),
    records: (group, count) => records.set({ group }, count),
  };
}
