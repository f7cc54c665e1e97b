import type { Express } from 'express';
import { Registry } from 'prom-client';
import type { Served } from './services.ts';

/** `/metrics` of all services, each line with the label `service`. */
export function mountMetrics(app: Express, served: Served[]): void {
  for (const { service, metrics } of served) metrics.setDefaultLabels({ service: service.name });
  app.get('/metrics', async (_request, response) => {
    const all = Registry.merge(served.map((each) => each.metrics));
    response.type(all.contentType).send(await all.metrics());
  });
}
