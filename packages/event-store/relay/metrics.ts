import { Counter, Gauge, type Registry } from 'prom-client';
import type { Lane, Outbox } from '../outbox.ts';

const lanes: Lane[] = ['log', 'tasks'];

/** Registers the relay's metrics. @returns what counts published rows. */
export function relayMetrics({ metrics, outbox }: { metrics: Registry; outbox: Outbox }): (lane: Lane, rows: number) => void {
  const published = new Counter({
    name: 'outbox_published_total', help: 'Outbox rows published and deleted.', labelNames: ['lane'], registers: [metrics],
  });
  const oldest = new Gauge({
    name: 'outbox_oldest_seconds', help: 'Age of the oldest row that waits.', labelNames: ['lane'], registers: [metrics],
  });
  new Gauge({
    name: 'outbox_rows', help: 'Outbox rows that wait.', labelNames: ['lane'], registers: [metrics],
    async collect() {
      for (const lane of lanes) {
        const backlog = await outbox.backlog(lane).catch(() => undefined);
        if (!backlog) continue;
        this.set({ lane }, backlog.rows);
        oldest.set({ lane }, backlog.oldestMs / 1000);
      }
    },
  });
  return (lane, rows) => published.inc({ lane }, rows);
}
