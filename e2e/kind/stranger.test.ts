import { expect, test } from '@jest/globals';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { runInCluster } from '@tradewind/kubernetes/job/run.ts';

const cluster = clusterFrom('kind', process.env);
const { namespace } = cluster;
const SERVICES = [...serviceNames, 'console'];
const at = (name: string, ...ports: number[]) => ports.map((port) => `${name}.${namespace}.svc:${port}`);
const HTTP = 8080;
const ADMIN = 9090;
const servers = [...at('postgres', 5432), ...at('rabbitmq', 5671, 15671), ...at('kafka-kafka-bootstrap', 9093)];
const everything = [...SERVICES.flatMap((name) => at(name, HTTP, ADMIN)), ...servers];

/** Prints which of its arguments take a connection, as JSON. */
const PROBE = `
  const { connect } = require('node:net');
  const open = (target) => new Promise((resolve) => {
    const [host, port] = target.split(':');
    const socket = connect({ host, port: Number(port), timeout: 4000 });
    const end = (is) => () => { socket.destroy(); resolve(is ? target : undefined); };
    socket.on('connect', end(true)).on('timeout', end(false)).on('error', end(false));
  });
  Promise.all(process.argv.slice(1).map(open)).then((all) => console.log(JSON.stringify(all.filter(Boolean))));
`;

/** From a pod that no policy of the platform selects, in a namespace of its own. */
async function fromAStranger(targets: string[]): Promise<string[]> {
  const name = `stranger-${Date.now().toString(36)}`;
  const spec = {
    restartPolicy: 'Never', automountServiceAccountToken: false, enableServiceLinks: false,
    containers: [{ name: 'stranger', image: 'tradewind/platform:dev', imagePullPolicy: 'IfNotPresent', args: ['-e', PROBE, ...targets] }],
  };
  const elsewhere = { ...cluster, namespace: 'default' };
  await kubectl(elsewhere, ['create', '--filename', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec }));
  try {
    await kubectl(elsewhere, ['wait', `pod/${name}`, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=90s']);
    return JSON.parse(await kubectl(elsewhere, ['logs', name])) as string[];
  } finally {
    await kubectl(elsewhere, ['delete', 'pod', name, '--wait=false']);
  }
}

async function fromAJobOf(cronJob: string, targets: string[]): Promise<string[]> {
  const lines: string[] = [];
  expect(await runInCluster(cluster, { cronJob, args: ['-e', PROBE, ...targets], line: (text) => lines.push(text) })).toBe(0);
  return JSON.parse(lines.join('')) as string[];
}

test('a pod from elsewhere reaches no service and no server', async () => {
  expect(await fromAStranger(everything)).toEqual([]);
});

test('who is to reach a server does, and no more', async () => {
  expect((await fromAJobOf('operator', everything)).sort()).toEqual([...at('gateway', HTTP), ...servers].sort());
  expect((await fromAJobOf('ledger', everything)).sort()).toEqual([...servers].sort());
});
