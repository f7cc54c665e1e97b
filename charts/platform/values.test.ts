import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { chart, describeWith, helm, manifestsIn, rendered, settings } from '../test/helm.ts';
import { podOf, the, type Manifest } from '../test/manifest.ts';

describeWith('helm', () => {
  test.each(settings)('helm finds nothing to say about the chart (%s)', (...files) => {
    const { ok, out, complaint } = helm('lint', files);
    expect(`${out}${complaint}`).not.toMatch(/WARNING|ERROR/);
    expect(ok).toBe(true);
  });

  test('every file of values is tried', () => {
    expect(settings.flat().sort()).toEqual(readdirSync(chart('platform')).filter((name) => /^values-.*\.yaml$/.test(name)).sort());
  });

  test.each([
    'oders.replicas=2', 'orders.replica=2', 'orders.replicas=two', 'orders.asks={Inventory}', 'orders.settings.log_level=debug', 'orders.settings.STEP_TIMOUT_MS=1', 'orders.settings.LOG_LEVEL=loud', 'orders.settings.PORT=9000', 'console.settings.GATEWAY_URI=x', 'gateway.secrets.TOKEN.secret=x', 'orders.network.egres=x',
    'orders.resources.requests.cpuu=1', 'orders.secrets.LOG_LEVEL.secre=x', 'orders.migration.enable=true', 'orders.spread=Sometimes',
    'global.kafka.brokrs=x', 'global.image.pullPolicy=always', 'postgres.storage.sze=1Gi', 'rabbitmq.replicas=2', 'kafka.brokers=2', 'certificates.days=1', 'alert.enabled=true',
  ])('a typo is an error: %s', (typo) => {
    const { ok, complaint } = helm('template', [], '--set', typo);
    expect([ok, complaint]).toEqual([false, expect.stringMatching(/schema/)]);
  });

  test.each([['kafka.replication=3', 'more than kafka.brokers'], ['kafka.minInSyncReplicas=2', 'nothing could be written']])('%s is refused for one broker', (value, said) => {
    expect(helm('template', [], '--set', value)).toMatchObject({ ok: false, complaint: expect.stringContaining(said) });
  });

  /** Everything that the pods of a Deployment are told out of Secrets that the charts make. */
  function toldBySecrets(manifests: Manifest[], name: string): Record<string, string> {
    const { spec } = podOf(the(manifests, 'Deployment', name))!;
    const content = ({ name: secret, key }: { name: string; key: string }) => manifests.filter(({ kind, metadata }) => kind === 'Secret' && metadata.name === secret)
      .map(({ stringData, data }) => stringData?.[key] ?? Buffer.from(data![key]!, 'base64').toString());
    const variables = (spec.containers[0]!.env ?? []).flatMap((each) => (each.valueFrom?.secretKeyRef ? content(each.valueFrom.secretKeyRef) : []).map((value) => [each.name, value]));
    const projected = (spec.volumes ?? []).flatMap((volume) => (volume as { projected: { sources: { secret: { name: string; items: { key: string }[] } }[] } }).projected.sources);
    const files = projected.flatMap(({ secret }) => secret.items.flatMap(({ key }) => content({ name: secret.name, key }).map((value) => [`${secret.name}/${key}`, value])));
    return Object.fromEntries([...variables, ...files].sort(([one = ''], [other = '']) => (one < other ? -1 : 1))) as Record<string, string>;
  }

  test('a pod is rolled when any Secret that it reads changes: its own, another\'s whose user it is, an authority, a key', () => {
    const manifests = rendered();
    expect(Object.keys(toldBySecrets(manifests, 'console'))).toEqual(expect.arrayContaining(['ORDERS_DATABASE_URL', 'RABBITMQ_URL', 'identity/private.pem', 'servers-ca/ca.crt']));
    for (const { metadata: { name } } of manifests.filter(({ kind }) => kind === 'Deployment')) {
      const told = JSON.stringify(toldBySecrets(manifests, name)).replaceAll('&', String.raw`\u0026`);
      const { annotations } = podOf(the(manifests, 'Deployment', name))!.metadata;
      expect([name, annotations!['checksum/secrets']]).toEqual([name, createHash('sha256').update(told).digest('hex')]);
    }
    for (const name of ['postgres', 'rabbitmq']) {
      const annotations = (given: Manifest[]) => podOf(the(given, 'StatefulSet', name))!.metadata.annotations!;
      const other = annotations(manifestsIn(helm('template').out)); // all made by chance anew, where there is no cluster to ask
      const same = Object.entries(annotations(manifests)).filter(([key, value]) => other[key] === value).map(([key]) => key);
      expect([name, same]).toEqual([name, ['checksum/config']]);
    }
  });

  test('all images are of the tag and the registry that are said', () => {
    const images = rendered([], '--set', 'global.image.registry=example.org/,global.image.tag=1.2.3').flatMap((manifest) => podOf(manifest)?.spec.containers ?? []).map(({ image }) => image);
    expect(images.filter((image) => image.includes('tradewind/')).every((image) => /^example\.org\/tradewind\/[a-z-]+:1\.2\.3$/.test(image))).toBe(true);
  });

  test('PostgreSQL puts roles and databases right at each start, and nobody gets in before', () => {
    const { 'databases.sql': script = '', 'start.sh': start = '' } = the(rendered(), 'ConfigMap', 'postgres').data!;
    expect(script.split('\n').filter((line) => /^(create|drop)/.test(line))).toEqual([]); // would fail, or harm, the second time
    expect(start.split('\n').filter((line) => /^(pg_ctl|psql|exec)/.test(line)).map((line) => line.match(/^(\S+ )?\w+/)![0])).toEqual(['pg_ctl start', 'psql', 'pg_ctl stop', 'exec postgres']);
    expect(start).toContain('pg_ctl start --wait --timeout 86400 --silent --options "-c listen_addresses= ');
    expect(podOf(the(rendered(), 'StatefulSet', 'postgres'))!.spec.containers[0]).toMatchObject({ command: ['bash', '/etc/tradewind/start.sh'], args: expect.arrayContaining(['listen_addresses=*']) });
  });

  test('a migration brings its tables up to date before an upgrade only where the cluster has what it reads', () => {
    const jobs = (...args: string[]) => rendered(['values-failures.yaml'], ...args).filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name);
    expect(jobs()).toEqual(expect.arrayContaining(['orders-migration', 'order-history-migration']));
    expect(jobs('--is-upgrade')).toEqual([]); // without a cluster there is nothing: as for a service, or a database, that comes with the upgrade
  });

  test('in production no image changes by itself', () => {
    const images = rendered(['values-production.yaml']).flatMap((manifest) => podOf(manifest)?.spec.containers ?? []).map(({ image }) => image);
    expect(images.length).toBeGreaterThan(10);
    expect(images.filter((image) => !/(^postgres:\d+\.\d+|:\d+\.\d+\.\d+(-management)?)$/.test(image))).toEqual([]);
  });

  test('a variable out of a Secret goes before a setting', () => {
    const { env = [] } = podOf(the(rendered([], '--set', 'gateway.secrets.TOKENS_ISSUER.secret=mine,gateway.secrets.TOKENS_ISSUER.key=issuer'), 'Deployment', 'gateway'))!.spec.containers[0]!;
    expect(env.filter(({ name }) => name === 'TOKENS_ISSUER')).toEqual([{ name: 'TOKENS_ISSUER', valueFrom: { secretKeyRef: { name: 'mine', key: 'issuer' } } }]);
  });

  test('servers of somebody else are used, and none is made', () => {
    const manifests = rendered([], '--set', [
      'postgres.enabled=false', 'global.postgres.host=db.example.org', 'global.postgres.peers[0].ipBlock.cidr=10.1.0.0/16', 'orders.credentials.postgres=mine',
    ].join(','));
    expect(manifests.filter(({ metadata }) => metadata.name.startsWith('postgres'))).toEqual([]);
    const { env = [] } = podOf(the(manifests, 'Deployment', 'orders'))!.spec.containers[0]!;
    expect(env.find(({ name }) => name === 'DATABASE_URL')?.valueFrom?.secretKeyRef).toEqual({ name: 'mine', key: 'DATABASE_URL' });
    expect(JSON.stringify(the(manifests, 'NetworkPolicy', 'orders').spec)).toContain('{"to":[{"ipBlock":{"cidr":"10.1.0.0/16"}}],"ports":[{"port":5432,"protocol":"TCP"}]}');
  });

  test('nobody is made an operator by reaching the gateway in production', () => {
    const names = (files: string[]) => podOf(the(rendered(files), 'Deployment', 'gateway'))!.spec.containers[0]!.env!.map(({ name }) => name);
    expect(names([])).toContain('CONSOLE_URL');
    expect(names(['values-production.yaml'])).not.toContain('CONSOLE_URL');
  });

  test('whatever is scraped is missed when no pod of it is there, and nothing else', () => {
    const missed = (...more: string[]) => {
      const { groups } = the<{ groups: { rules: { alert: string; expr: string }[] }[] }>(rendered([], ...more), 'PrometheusRule', 'tradewind').spec;
      const { expr = '' } = groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === 'TradewindServiceMissing') ?? {};
      return [...expr.matchAll(/absent\(up\{namespace="tradewind", service="([a-z-]+)"\}\)/g)].map(([, service]) => service).sort();
    };
    expect(missed()).toEqual([...serviceNames, 'console', 'rabbitmq'].sort());
    expect(missed('--set', 'orders.monitor.enabled=false,rabbitmq.enabled=false')).toEqual([...serviceNames.filter((name) => name !== 'orders'), 'console'].sort());
  });

  test('without the Prometheus operator nothing of its kinds is made', () => {
    expect(rendered([], '--set', 'global.monitoring.enabled=false').filter(({ apiVersion }) => apiVersion.startsWith('monitoring'))).toEqual([]);
  });
});
