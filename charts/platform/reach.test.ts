import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { databaseNames, reaches, type Reaches } from '@tradewind/compose/services.ts';
import { acls } from '@tradewind/compose/servers/kafka.ts';
import { ownerOf, roleOf } from '@tradewind/compose/servers/accounts.ts';
import { rabbitDefinitions } from '@tradewind/compose/servers/rabbitmq.ts';
import { configurations } from '@tradewind/docs/configurations.ts';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { PARTITIONS, topics } from '@tradewind/events/topology.ts';
import { z } from 'zod';
import { describeWith, rendered } from '../test/helm.ts';
import { podOf, the, type Manifest, type Peer, type Rule } from '../test/manifest.ts';

interface Policy { ingress: Rule[]; egress: Rule[] }

/** Who is meant, in a word. */
function named({ podSelector, namespaceSelector }: Peer): string {
  const labels = podSelector?.matchLabels ?? {};
  return labels['app.kubernetes.io/name'] ?? labels['strimzi.io/name'] ?? labels['k8s-app'] ?? namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? 'anybody';
}

const peersOf = (rules: Rule[]) => rules.flatMap(({ from = [], to = [], ports = [] }) => [...from, ...to].flatMap((peer) => ports.map(({ port }) => `${named(peer)}:${port}`))).sort();
const policyOf = (manifests: Manifest[], name: string) => the<Policy>(manifests, 'NetworkPolicy', name).spec;

/** Where a service has to get to, by the table that compose's users are made of. */
function destinations({ databases, log, tasks, asks }: Reaches): string[] {
  return [
    'kube-dns:53', 'kube-dns:53', ...asks.map((peer) => `${peer}:8080`),
    ...(Object.keys(databases).length ? ['postgres:5432'] : []), ...(log ? ['kafka-kafka:9093'] : []), ...(tasks ? ['rabbitmq:5671'] : []),
  ];
}

describeWith('helm', () => {
  const manifests = rendered();

  test.each(serviceNames)('%s gets to what the table says, and to nothing else', (name) => {
    const issuer = name === 'gateway' ? ['console:8080'] : [];
    expect(peersOf(policyOf(manifests, name).egress)).toEqual([...destinations(reaches[name]), ...issuer].sort());
  });

  test.each(serviceNames)('%s is reached by those that ask it, and by Prometheus', (name) => {
    const askers = serviceNames.filter((each) => reaches[each].asks.includes(name)).map((each) => `${each}:8080`);
    const people = name === 'gateway' ? ['console:8080', 'operator:8080'] : [];
    expect(peersOf(policyOf(manifests, name).ingress)).toEqual([...askers, ...people, 'prometheus:9090'].sort());
  });

  test.each([['postgres', 5432], ['rabbitmq', 5671], ['kafka', 9093]] as const)('%s is reached by those that use it', (server, port) => {
    const uses = { postgres: (each: Reaches) => Object.keys(each.databases).length > 0, rabbitmq: (each: Reaches) => each.tasks, kafka: (each: Reaches) => each.log };
    const itself = server === 'rabbitmq' ? ['rabbitmq'] : [];
    const users = [...serviceNames.filter((name) => uses[server](reaches[name])), 'console', 'ledger', 'operator', ...itself];
    expect(peersOf(policyOf(manifests, server).ingress).filter((peer) => peer.endsWith(`:${port}`))).toEqual(users.map((name) => `${name}:${port}`).sort());
  });

  test('Strimzi, which would open its listener to all, is told of the same users as the policy', () => {
    const made = rendered(['values-production.yaml']);
    const { kafka: { listeners } } = the<{ kafka: { listeners: { port: number; networkPolicyPeers?: Peer[] }[] } }>(made, 'Kafka', 'kafka').spec;
    expect(listeners.map(({ port, networkPolicyPeers: from = [] }) => peersOf([{ from, ports: [{ port, protocol: 'TCP' }] }])))
      .toEqual([peersOf(policyOf(made, 'kafka').ingress).filter((peer) => peer.endsWith(':9093'))]);
  });

  test.each(serviceNames)('%s is given the variables that it knows, and all that it needs', (name) => {
    const config = configurations[name]!;
    const { env = [] } = podOf(the(manifests, 'Deployment', name))!.spec.containers[0]!;
    const given = env.map((each) => each.name);
    expect(given.filter((each) => !(each in config.shape))).toEqual([]);
    expect(new Set(given).size).toBe(given.length);
    const { required = [] } = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' });
    expect(required.filter((each) => !given.includes(each))).toEqual([]);
    const { databases, log, tasks } = reaches[name];
    const wanted = [...Object.keys(databases), ...(log ? ['KAFKA_BROKERS', 'KAFKA_CA_FILE', 'KAFKA_USERNAME', 'KAFKA_PASSWORD'] : []), ...(tasks ? ['RABBITMQ_URL', 'RABBITMQ_CA_FILE'] : [])];
    expect(wanted.filter((each) => !given.includes(each))).toEqual([]);
    const values = Object.fromEntries(env.map((each) => [each.name, each.value ?? secretValue(manifests, each.valueFrom?.secretKeyRef)]));
    expect(config.safeParse(values)).toMatchObject({ success: true });
  });

  test('each service has its own role, on its own databases', () => {
    for (const name of serviceNames)
      for (const [variable, database] of Object.entries(reaches[name].databases)) {
        const url = new URL(the(manifests, 'Secret', `${name}-credentials`).stringData![variable]!);
        expect([url.username, url.pathname, url.searchParams.get('sslmode')]).toEqual([roleOf(name), `/${database}`, 'verify-full']);
      }
    const script = the(manifests, 'ConfigMap', 'postgres').data!['databases.sql']!;
    for (const database of databaseNames) {
      const made = `select 'create database ${database} owner ${roleOf(ownerOf(database))}' where not exists (select from pg_database where datname = '${database}') \\gexec`;
      expect(script).toContain(`${made}\nrevoke connect, temporary on database ${database} from public;`);
    }
    expect([...script.matchAll(/'create role (\S+)' where not exists/g)].map(([, role]) => role).sort()).toEqual([...new Set(databaseNames.map(ownerOf)), 'ledger' as const].map(roleOf).sort());
    expect(script).toContain('alter role ledger set default_transaction_read_only = on;');
  });

  test('topics and rights in Kafka are those of compose', () => {
    const rights = manifests.filter(({ kind }) => kind === 'KafkaUser').flatMap(({ metadata: { name: user }, spec }) => {
      const { authorization } = spec as { authorization: { acls: { resource: { type: string; name: string; patternType: string }; operations: string[] }[] } };
      return authorization.acls.map(({ resource: { type: resource, name, patternType }, operations }) => ({
        user, resource, name, ...(patternType === 'prefix' && { prefix: true }), operations: operations.map((each) => each.replace('sC', 's-C').replace(/eC/, 'e-C').toLowerCase()),
      }));
    });
    const sorted = (list: object[]) => list.map((each) => JSON.stringify(each)).sort();
    expect(sorted(rights)).toEqual(sorted(acls));
    const made = manifests.filter(({ kind }) => kind === 'KafkaTopic');
    expect(made.map(({ metadata }) => metadata.name).sort()).toEqual(Object.values(topics).sort());
    for (const { spec } of made) expect(spec).toMatchObject({ partitions: PARTITIONS, replicas: 1, config: { 'retention.ms': '-1', 'message.timestamp.type': 'LogAppendTime' } });
  });

  test('users and permissions on RabbitMQ are those of compose, and the hashes prove the passwords', () => {
    const given = JSON.parse(the(manifests, 'Secret', 'rabbitmq-definitions').stringData!['definitions.json']!) as Definitions;
    const wanted = rabbitDefinitions(() => '') as Definitions;
    const bare = ({ users, ...others }: Definitions) => ({ ...others, users: users.map((user) => ({ ...user, password_hash: '' })) });
    expect(bare(given)).toEqual(bare(wanted));
    for (const { name, password_hash } of given.users) {
      const secret = name === 'admin' ? the(manifests, 'Secret', 'rabbitmq-admin').stringData!['password'] : the(manifests, 'Secret', `${name}-credentials`).stringData!['rabbitmq-password'];
      const hash = Buffer.from(password_hash, 'base64');
      expect(hash.subarray(4)).toEqual(createHash('sha256').update(hash.subarray(0, 4)).update(secret!).digest());
    }
  });
});

interface Definitions { users: { name: string; password_hash: string }[] }

/** What Strimzi's Secrets hold is not known here. */
function secretValue(manifests: Manifest[], from: { name: string; key: string } | undefined): string | undefined {
  const secret = manifests.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === from?.name);
  return from && (secret?.stringData?.[from.key] ?? 'made-by-strimzi');
}
