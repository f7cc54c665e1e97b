import type { Express } from 'express';
import { AggregatorRegistry, Registry } from 'prom-client';
import type { Served } from './services.ts';

/** `/metrics` of all services, each line with the label `service`. */
export function mountMetrics(app: Express, served: { service: Pick<Served['service'], 'name'>; metrics: Registry }[]): void {
  for (const { service, metrics } of served) metrics.setDefaultLabels({ service: service.name });
  app.get('/metrics', async (_request, response) => {
    // Most services count the same things: `Registry.merge` would refuse a name that two of them have.
    const all = AggregatorRegistry.aggregate(await Promise.all(served.map((each) => each.metrics.getMetricsAsJSON())));
    response.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await all.metrics());
  });
}
