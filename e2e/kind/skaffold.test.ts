import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { forward } from '@tradewind/kubernetes/kubectl/forward.ts';
import { kubectlJson } from '@tradewind/kubernetes/kubectl.ts';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { pipeline, ROOT } from '../../test/skaffold/config.ts';
import type { Pipeline, PortForward } from '../../test/skaffold/pipeline.ts';
import type { Tags } from '../../test/skaffold/release.ts';
import { revision, rollback } from './harness/helm.ts';
import { isReady, podsOf, untilReady, type Pod } from './harness/pods.ts';
import { build, deploy, load, sync, type Target } from './harness/skaffold.ts';

/** What skaffold.yaml says, done by docker, kind, helm and kubectl to the release that stands, which is rolled back at the end. */
const target: Target = { context: 'kind-tradewind', ...clusterFrom('kind', process.env) };
const WITHIN_MS = 60_000;
const TITLE = 'services/gateway/http/document.ts';
const ORDERS = 'services/orders/service.ts';
const HEALTH = 'packages/chassis/http/health.ts';
const source = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const titled = (title: string) => source(TITLE).replace("title: 'Tradewind'", `title: '${title}'`);
const lively = (status: string) => source(HEALTH).replace("status: 'live'", `status: '${status}'`);

let before: number;
const builtHere = new Set<string>();
beforeAll(async () => { before = (await revision(target)).number; });
afterAll(async () => {
  await docker('image', 'rm', ...builtHere);
  await rollback(target, before);
  for (const name of serviceNames) await untilReady(target, name, { count: 1, withinMs: 120_000 });
});

/** The cluster's brokers are not taken away under the data that they hold. */
async function profilesHere(): Promise<string[]> {
  const { spec: { replicas = 1 } } = await kubectlJson<{ spec: { replicas?: number } }>(target, ['get', 'statefulset', 'rabbitmq']);
  return replicas === 3 ? ['failures'] : [];
}

async function dev(config: Pipeline): Promise<Tags> {
  const started = Date.now();
  const tags = await build(config);
  const hasBuilt = Date.now();
  for (const [image, tag] of tags) builtHere.add(`${image}:${tag}`);
  await load(target, tags);
  const hasLoaded = Date.now();
  await deploy(target, config, tags);
  const seconds = (from: number, to: number) => `${((to - from) / 1_000).toFixed(0)} s`;
  process.stdout.write(`skaffold: ${tags.size} built in ${seconds(started, hasBuilt)}, given to the nodes in ${seconds(hasBuilt, hasLoaded)}, deployed in ${seconds(hasLoaded, Date.now())}\n`);
  return tags;
}

/** Which process a pod's container is: one that its kubelet began anew is another. */
const containers = (pods: Pod[]) => pods.map(({ metadata: { uid }, status: { containerStatuses = [] } }) => `${uid} ${containerStatuses[0]?.containerID} ${containerStatuses[0]?.restartCount}`).sort();

/** Seconds until a service answers so, through a port-forward. */
async function untilAnswers(origin: string, route: string, read: (body: never) => unknown, wanted: unknown): Promise<number> {
  const started = Date.now();
  let said: unknown;
  while (Date.now() - started < WITHIN_MS) {
    said = await fetch(origin + route, { headers: { connection: 'close' }, signal: AbortSignal.timeout(2_000) }).then(async (answer) => read(await answer.json() as never)).catch(String);
    if (said === wanted) return (Date.now() - started) / 1_000;
    await sleep(50);
  }
  throw new Error(`${route} says ${String(said)}, not ${String(wanted)}`);
}

/** When the process that answers began, in seconds since 1970. @throws when it does not answer */
async function begunAt(admin: string): Promise<number> {
  const metrics = await (await fetch(`${admin}/metrics`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(2_000) })).text();
  return Number(/^process_start_time_seconds (\S+)$/m.exec(metrics)?.[1]);
}

const titleOf = ({ info: { title } }: { info: { title: string } }) => title;
const statusOf = ({ status }: { status: string }) => status;

describe('one service, in the release that stands', () => {
  const config = pipeline('gateway');
  let tags: Tags;
  let others: string[];
  const allOthers = async () => containers((await Promise.all(serviceNames.filter((name) => name !== 'gateway').map((name) => podsOf(target, name)))).flat());

  beforeAll(async () => {
    others = await allOthers();
    tags = await dev(config);
  });

  test('only that one is another image', async () => {
    expect(await allOthers()).toEqual(others);
    const { items } = await kubectlJson<{ items: { spec: { containers: { image: string }[] } }[] }>(target, ['get', 'pods', '--selector', 'app.kubernetes.io/name=gateway', '--field-selector', 'status.phase=Running']);
    expect(items.map(({ spec }) => spec.containers[0]?.image)).toContain(`tradewind/gateway:${tags.get('tradewind/gateway')}`);
  });

  test('a saved line answers from the same container, each time', async () => {
    const gateway = await forward(target, 'gateway', 8080);
    try {
      await untilAnswers(gateway.origin, '/openapi.json', titleOf, 'Tradewind');
      const was = containers(await podsOf(target, 'gateway'));
      const seconds: number[] = [];
      for (const title of ['saved once', 'saved twice', 'saved thrice', 'Tradewind']) {
        const started = Date.now();
        expect((await sync(target, config, tags, [{ file: TITLE, text: titled(title) }])).get('tradewind/gateway')).toBe(was.length);
        await untilAnswers(gateway.origin, '/openapi.json', titleOf, title);
        seconds.push((Date.now() - started) / 1_000);
      }
      process.stdout.write(`skaffold: a saved line of gateway answers after ${seconds.map((each) => each.toFixed(1)).join(', ')} s\n`);
      expect(containers(await podsOf(target, 'gateway'))).toEqual(was);
    } finally {
      await gateway.close();
    }
  });
});

describe('the whole platform', () => {
  let config: Pipeline;
  let tags: Tags;
  beforeAll(async () => {
    config = pipeline(...await profilesHere());
    tags = await dev(config);
  });

  test('its pods run what was built', async () => {
    const { items } = await kubectlJson<{ items: { metadata: { deletionTimestamp?: string }; spec: { containers: { image: string }[] } }[] }>(target, ['get', 'pods', '--selector', 'app.kubernetes.io/component=service', '--field-selector', 'status.phase=Running']);
    const images = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).flatMap(({ spec }) => spec.containers.map(({ image }) => image));
    expect([...new Set(images)].sort()).toEqual([...tags].map(([image, tag]) => `${image}:${tag}`).sort());
  });

  test('a line of one service begins no other again', async () => {
    const [orders, customers] = await Promise.all(['orders', 'customers'].map((name) => forward(target, name, 9090)));
    try {
      const before = [await begunAt(orders!.origin), await begunAt(customers!.origin)];
      const synced = await sync(target, config, tags, [{ file: ORDERS, text: `${source(ORDERS)}// saved\n` }]);
      expect([...synced.values()].every((count) => count >= 1)).toBe(true);
      let after = before[0];
      for (const end = Date.now() + WITHIN_MS; after === before[0] && Date.now() < end; await sleep(100)) after = await begunAt(orders!.origin).catch(() => before[0]);
      expect(after).toBeGreaterThan(before[0]!);
      expect(await begunAt(customers!.origin)).toBe(before[1]);
    } finally {
      await Promise.all([orders!.close(), customers!.close()]);
    }
  });

  test('a line of a package begins all of them again', async () => {
    const opened = await Promise.all(serviceNames.map((name) => forward(target, name, 8080)));
    try {
      await Promise.all(opened.map(({ origin }) => untilAnswers(origin, '/health/live', statusOf, 'live')));
      const started = Date.now();
      await sync(target, config, tags, [{ file: HEALTH, text: lively('alive and saved') }]);
      const seconds = await Promise.all(opened.map(async ({ origin }) => {
        await untilAnswers(origin, '/health/live', statusOf, 'alive and saved');
        return (Date.now() - started) / 1_000;
      }));
      process.stdout.write(`skaffold: a saved line of a package answers from all services after ${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)} s\n`);
    } finally {
      await Promise.all(opened.map((each) => each.close()));
    }
  });

  test('a line that does not run is waited out: the container stays, and a mended line answers', async () => {
    const gateway = await forward(target, 'gateway', 8080);
    try {
      const was = containers(await podsOf(target, 'gateway'));
      await sync(target, config, tags, [{ file: TITLE, text: `${titled('Tradewind')}\n(` }]);
      for (const end = Date.now() + WITHIN_MS; (await podsOf(target, 'gateway')).some(isReady) && Date.now() < end; await sleep(500));
      expect((await podsOf(target, 'gateway')).filter(isReady)).toEqual([]);
      await sync(target, config, tags, [{ file: TITLE, text: titled('mended') }]);
      await untilAnswers(gateway.origin, '/openapi.json', titleOf, 'mended');
      expect(containers(await podsOf(target, 'gateway'))).toEqual(was);
    } finally {
      await gateway.close();
    }
  });

  test('a file that is new is put there, and one that was deleted goes', async () => {
    const gateway = await forward(target, 'gateway', 8080);
    try {
      const fresh = 'services/gateway/http/fresh/title.ts';
      await sync(target, config, tags, [
        { file: fresh, text: "export const title: string = 'from a new file';\n" },
        { file: TITLE, text: `import { title } from './fresh/title.ts';\n${source(TITLE).replace("title: 'Tradewind'", 'title')}` },
      ]);
      await untilAnswers(gateway.origin, '/openapi.json', titleOf, 'from a new file');
      await sync(target, config, tags, [{ file: fresh, text: undefined }, { file: TITLE, text: source(TITLE) }]);
      await untilAnswers(gateway.origin, '/openapi.json', titleOf, 'Tradewind');
    } finally {
      await gateway.close();
    }
  });

  /** Grafana's chart is not on every machine that this runs on; where its service is, it is asked. */
  const routes: Record<string, string> = { 'gateway': '/health/live', 'prometheus-operated': '/-/ready', 'kube-prometheus-stack-grafana': '/api/health' };

  test.each(pipeline().portForward)('the port of $resourceName is forwarded', async ({ resourceType, resourceName, namespace, port }: PortForward) => {
    expect(resourceType).toBe('service');
    const there = { ...target, namespace };
    const found = await kubectlJson<{ items: { metadata: { name: string } }[] }>(there, ['get', 'services']);
    if (!found.items.some(({ metadata }) => metadata.name === resourceName)) {
      process.stdout.write(`skaffold: not tried, for the cluster has no ${namespace}/${resourceName}\n`);
      return expect(resourceName).toMatch(/grafana/);
    }
    const forwarded = await forward(there, resourceName, port);
    try {
      expect((await fetch(forwarded.origin + routes[resourceName])).status).toBe(200);
    } finally {
      await forwarded.close();
    }
  });
});

