import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { stringify } from 'yaml';
import { describeWith, describeWithImage, rendered } from '../test/helm.ts';
import { the } from '../test/manifest.ts';

const PROMETHEUS = 'quay.io/prometheus/prometheus:v2.53.3';
const services = ['console', 'customers', 'gateway', 'inventory', 'notifications', 'order-history', 'orders', 'payments', 'rabbitmq'];

type Alert = Record<string, string> & { summary: string };
type Series = Record<string, string>;
const up = (service: string, values: string): Series => ({ [`up{namespace="tradewind", service="${service}", pod="${service}-1"}`]: values });
const allUp = (values = '1x60'): Series => Object.assign({}, ...services.map((service) => up(service, values))) as Series;

describeWith('helm', () => describeWithImage(PROMETHEUS, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tradewind-alerts-'));
  afterAll(() => { rmSync(folder, { recursive: true }); });

  /** What Prometheus itself makes of the rules. @param series values a minute, from the first on @param fires the alerts that do so at the time */
  async function judged(alertname: string, series: Series, at: string, fires: Alert[]): Promise<string> {
    const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const exp_alerts = fires.map(({ summary, ...exp_labels }) => ({ exp_labels, exp_annotations: { summary } }));
    writeFileSync(path.join(folder, 'rules.yaml'), stringify(the(rendered(), 'PrometheusRule', 'tradewind').spec));
    writeFileSync(path.join(folder, 'test.yaml'), stringify({ rule_files: ['rules.yaml'], tests: [{ interval: '1m', input_series, alert_rule_test: [{ eval_time: at, alertname, exp_alerts }] }] }));
    return docker('run', '--rm', '--user', '0', '--volume', `${folder}:/given:ro`, '--entrypoint', 'promtool', PROMETHEUS, 'test', 'rules', '/given/test.yaml');
  }

  const missing = (service: string) => ({ namespace: 'tradewind', service, severity: 'critical', summary: `There is no pod of ${service}` });
  const parked = { namespace: 'tradewind', step: 'refund-payment', severity: 'warning', summary: 'A saga needs a person: tradewind sagas list' };
  const ofSagas = (values: string): Series => ({ 'sagas_parked_total{namespace="tradewind", step="refund-payment"}': values });

  test.each<[string, Parameters<typeof judged>]>([
    ['nothing is missing where all have a pod', ['TradewindServiceMissing', allUp(), '10m', []]],
    ['a service that lost all its pods is missed', ['TradewindServiceMissing', { ...allUp(), ...up('orders', '1x5 stale') }, '10m', [missing('orders')]]],
    ['where there is no pod at all, all are missed', ['TradewindServiceMissing', {}, '10m', services.map(missing)]],
    ['a pod that does not answer is down', ['TradewindServiceDown', { ...allUp(), ...up('rabbitmq', '1x5 0x20') }, '10m', [{ namespace: 'tradewind', service: 'rabbitmq', pod: 'rabbitmq-1', severity: 'critical', summary: 'rabbitmq-1 does not answer' }]]],
    ['the first saga that is parked is told', ['TradewindSagaParked', ofSagas('0x29 1x30'), '35m', [parked]]],
    ['and so is the second', ['TradewindSagaParked', ofSagas('1x29 2x30'), '35m', [parked]]],
    ['one of long ago is not told again', ['TradewindSagaParked', ofSagas('1x60'), '35m', []]],
    ['nor where Prometheus was away since', ['TradewindSagaParked', ofSagas('1x10 _x15 1x30'), '40m', []]],
  ])('%s', async (_, given) => {
    expect(await judged(...given)).toContain('SUCCESS');
  });
}));
