import { expect, test } from '@jest/globals';
import { jobOf, type CronJob } from './job.ts';
import { ledgerErrand } from './ledger.ts';
import { whereabouts, type Pod } from './pod.ts';

const cronJob: CronJob = {
  metadata: { name: 'ledger' },
  spec: {
    jobTemplate: {
      metadata: { labels: { app: 'ledger' } },
      spec: {
        template: {
          metadata: { labels: { app: 'ledger' } },
          spec: {
            containers: [{ name: 'ledger', args: ['platform/cli/main.ts', 'ledger', 'check'], env: [{ name: 'TOPOLOGY', value: 'environment' }, { name: 'KAFKA_PASSWORD' }] }],
            volumes: [{ name: 'ca' }],
          },
        },
      },
    },
  },
};

test('an errand runs in the surroundings of the CronJob, with words and variables of its own', () => {
  const job = jobOf(cronJob, { name: 'ledger-1', args: ['platform/cli/main.ts', 'status'], env: { TOPOLOGY: 'other', MARK: '>' } });
  expect(job).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'ledger-1', labels: { app: 'ledger' } } });
  expect(job.spec.template).toMatchObject({ metadata: { labels: { app: 'ledger' } }, spec: { volumes: [{ name: 'ca' }] } });
  expect(job.spec.template.spec.containers[0]).toMatchObject({
    args: ['platform/cli/main.ts', 'status'], env: [{ name: 'KAFKA_PASSWORD' }, { name: 'TOPOLOGY', value: 'other' }, { name: 'MARK', value: '>' }],
  });
  expect(cronJob.spec.jobTemplate.spec.template.spec.containers[0]?.args).toContain('ledger'); // the template stays as it is
});

test('files are found beside what the template mounts', () => {
  const { spec } = jobOf(cronJob, { name: 'ledger-1', args: [], env: {}, files: { at: '/acknowledged', configMaps: ['ledger-1-0', 'ledger-1-1'] } }).spec.template;
  expect(spec.volumes).toEqual([{ name: 'ca' }, { name: 'errand', projected: { sources: [{ configMap: { name: 'ledger-1-0' } }, { configMap: { name: 'ledger-1-1' } }] } }]);
  expect(spec.containers[0]?.volumeMounts).toEqual([{ name: 'errand', mountPath: '/acknowledged', readOnly: true }]);
});

const MOST_OF_A_CONFIG_MAP = 1_048_576;
const idsIn = ({ files }: ReturnType<typeof ledgerErrand>) => Object.values(files?.texts ?? {}).flatMap((text) => text.split('\n')).filter(Boolean);

test('the ledger is given as many acknowledged orders as there are, in files that each fit into a ConfigMap', () => {
  const ids = Array.from({ length: 100_000 }, () => crypto.randomUUID() as string);
  const errand = ledgerErrand(ids, '60s', '--json');
  const names = Object.keys(errand.files!.texts);
  expect(idsIn(errand)).toEqual(ids);
  expect(errand.args).toEqual(['ledger', 'check', '--wait', '60s', '--json', '--acknowledged', ...names.map((name) => `/acknowledged/${name}`)]);
  expect(names.length).toBeGreaterThan(1);
  expect(Object.values(errand.files!.texts).filter((text) => Buffer.byteLength(text) > MOST_OF_A_CONFIG_MAP * 0.95)).toEqual([]); // the rest is for its name, in JSON
});

test.each([[[]], [['o-1']]])('of the ids %j there is one file', (ids) => {
  const errand = ledgerErrand(ids, '0s');
  expect([Object.keys(errand.files!.texts).length, idsIn(errand)]).toEqual([1, ids]);
});

type State = NonNullable<NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]['state']>;
const pod = (state: State | undefined, more: Pod['status'] = {}): Pod =>
  ({ metadata: { name: 'p' }, status: { phase: 'Pending', ...more, ...(state && { containerStatuses: [{ state }] }) } });

test.each<[string, Pod | undefined, object]>([
  ['there is none', undefined, { state: 'waiting' }],
  ['nothing fits it', pod(undefined, { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/4 nodes' }] }), { state: 'waiting', why: '0/4 nodes' }],
  ['it is being created', pod({ waiting: { reason: 'ContainerCreating' } }), { state: 'waiting', why: 'ContainerCreating' }],
  ['its image is not there', pod({ waiting: { reason: 'ErrImagePull', message: 'not found' } }), { state: 'stuck', why: 'ErrImagePull: not found' }],
  ['it runs', pod({ running: {} }, { phase: 'Running' }), { state: 'running', name: 'p' }],
  ['its program said 3', pod({ terminated: { exitCode: 3 } }, { phase: 'Failed' }), { state: 'ended', code: 3 }],
  ['it was evicted', pod(undefined, { phase: 'Failed', reason: 'Evicted' }), { state: 'lost', why: 'Evicted' }],
])('a pod where %s', (_, given, expected) => {
  expect(whereabouts(given)).toMatchObject(expected);
});
