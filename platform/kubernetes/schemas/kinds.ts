import type { Kind } from './openapi.ts';

const of = (group: string, version: string, names: string[]): Kind[] => names.map((kind) => ({ group, version, kind }));

/** What the charts make; a kind that is missing is told by kubeconform. */
export const kinds: Kind[] = [
  ...of('', 'v1', ['ConfigMap', 'Namespace', 'Secret', 'Service', 'ServiceAccount']),
  ...of('apps', 'v1', ['Deployment', 'StatefulSet']),
  ...of('batch', 'v1', ['CronJob', 'Job']),
  ...of('networking.k8s.io', 'v1', ['NetworkPolicy']),
  ...of('policy', 'v1', ['PodDisruptionBudget']),
  ...of('monitoring.coreos.com', 'v1', ['PrometheusRule', 'ServiceMonitor']),
  ...of('kafka.strimzi.io', 'v1', ['Kafka', 'KafkaNodePool', 'KafkaTopic', 'KafkaUser']),
];
