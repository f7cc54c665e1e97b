import { Counter, type Registry } from 'prom-client';
import type { Changes } from './domain/changes.ts';

/** Counts what is folded into the read model. */
export function readModelMetrics(registry: Registry): (changes: Pick<Changes, 'audit' | 'duplicates'>) => void {
  const registers = [registry];
  const folded = new Counter({
    name: 'tradewind_history_events_folded_total', help: 'Events of orders taken into the read model.', registers,
  });
  const duplicates = new Counter({
    name: 'tradewind_history_duplicates_total', help: 'Events that the log delivered again and that had no effect.', registers,
  });
  return (changes) => {
    folded.inc(changes.audit.reduce((sum, { entries }) => sum + entries.length, 0));
    duplicates.inc(changes.duplicates);
  };
}
