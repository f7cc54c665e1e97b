import { expect, test } from '@jest/globals';
import { listen } from '@tradewind/chassis/http/express/listen.ts';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { Counter, Histogram, Registry } from 'prom-client';
import { mountMetrics } from './metrics.ts';

/** A service that has counted `count` requests, each of half a second. */
function service(name: string, count: number) {
  const metrics = new Registry();
  new Counter({ name: 'requests_total', help: 'Requests.', labelNames: ['route'], registers: [metrics] }).inc({ route: '/x' }, count);
  const seconds = new Histogram({ name: 'seconds', help: 'Seconds.', buckets: [0.1, 1], registers: [metrics] });
  for (let n = 0; n < count; n += 1) seconds.observe(0.5);
  return { service: { name }, metrics };
}

test('the metrics of services that count the same things stand side by side', async () => {
  const server = await listen(async () => ({ status: 404, headers: {}, body: '' }), {
    port: 0, clock: systemClock, mounts: (app) => mountMetrics(app, [service('one', 2), service('two', 3)]),
  });
  const answer = await fetch(`${server.url}/metrics`);
  const lines = (await answer.text()).split('\n');
  await server.stop();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(lines.filter((line) => line.startsWith('requests_total'))).toEqual([
    'requests_total{route="/x",service="one"} 2', 'requests_total{route="/x",service="two"} 3',
  ]);
  expect(lines).toContain('seconds_bucket{le="1",service="two"} 3');
  expect(lines).toContain('seconds_bucket{le="0.1",service="one"} 0');
});
