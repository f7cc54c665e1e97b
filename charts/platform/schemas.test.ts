import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { describeWith, settings, text } from '../test/helm.ts';

const SCHEMAS = path.resolve(import.meta.dirname, '../../k8s/schemas/{{.ResourceKind}}{{.KindSuffix}}.json');

function kubeconform(manifests: string): { status: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync('kubeconform', ['-strict', '-summary', '-schema-location', SCHEMAS], { input: manifests, encoding: 'utf8' });
  return { status, out: stdout + stderr };
}

describeWith('helm', () => describeWith('kubeconform', () => {
  test.each(settings)('every manifest is as the API has it (%s)', (...files) => {
    const { status, out } = kubeconform(text(files));
    expect(out).toMatch(/^Summary: \d{2,} resources found .* Invalid: 0, Errors: 0, Skipped: 0\n$/);
    expect(status).toBe(0);
  });

  test.each([
    ['replicas: 1', 'replicas: one'], ['replicas: 1', 'replcas: 1'], ['patternType: prefix', 'patternType: prefixed'], ['podSelector:', 'podselector:'],
    ['kind: KafkaTopic', 'kind: KafkaTopics'], ['- Describe', '- Describes'],
  ])('%s as %s is an error', (right, wrong) => {
    const { status, out } = kubeconform(text().replaceAll(right, wrong));
    expect([status, out]).toEqual([1, expect.stringMatching(/Invalid: [1-9]|Errors: [1-9]/)]);
  });
}));
