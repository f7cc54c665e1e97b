import { Counter, Histogram, type Registry } from 'prom-client';

export interface Observation { route: string; method: string; status: number; ms: number }

const COUNTER = 'http_requests_total';
const DURATION = 'http_request_duration_seconds';
const SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Counts requests and times them, by service and route template; services of one process may share a registry. */
export function requestMetrics(registry: Registry, service: string): (seen: Observation) => void {
  const counter = registered(registry, COUNTER, Counter) ?? new Counter({
    name: COUNTER, help: 'HTTP requests answered.', labelNames: ['service', 'route', 'method', 'status'], registers: [registry],
  });
  const histogram = registered(registry, DURATION, Histogram) ?? new Histogram({
    name: DURATION, help: 'Time to answer an HTTP request.', labelNames: ['service', 'route', 'method'],
    buckets: SECONDS, registers: [registry],
  });
  return ({ route, method, status, ms }) => {
    counter.labels(service, route, method, String(status)).inc();
    histogram.labels(service, route, method).observe(ms / 1000);
  };
}

function registered<Kind>(registry: Registry, name: string, kind: abstract new (...given: never[]) => Kind): Kind | undefined {
  const metric: unknown = registry.getSingleMetric(name);
  return metric instanceof kind ? metric : undefined;
}
