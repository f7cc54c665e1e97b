import { expect, test } from '@jest/globals';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';

const cluster = clusterFrom('kind', process.env);

/** In a pod of customers, by its own users: what each attempt ends with. Nothing that could succeed would change anything. */
const ATTEMPTS = `
  import { readFileSync } from 'node:fs';
  import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
  import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
  import { queueOf, topics } from '@tradewind/events/topology.ts';
  import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
  import { openRabbitTasks } from '@tradewind/tasks/rabbitmq/tasks.ts';
  const { env } = process;
  const ca = (file) => readFileSync(file, 'utf8');
  const sasl = { mechanism: env.KAFKA_MECHANISM ?? 'scram-sha-512', username: env.KAFKA_USERNAME, password: env.KAFKA_PASSWORD };
  const onKafka = async (use, more = {}) => {
    const log = await openKafkaLog({ brokers: env.KAFKA_BROKERS.split(','), clientId: 'attempt', tls: { ca: ca(env.KAFKA_CA_FILE) }, sasl: { ...sasl, ...more }, clock, random });
    await use(log).finally(() => log.close());
  };
  const onRabbit = async (use, url = env.RABBITMQ_URL) => {
    const tasks = await openRabbitTasks({ url, ca: ca(env.RABBITMQ_CA_FILE), name: 'attempt', clock, random });
    await use(tasks).finally(() => tasks.close());
  };
  const outcome = (act) => act.then(() => 'ok', (error) => error.code ?? String(error));
  console.log(JSON.stringify({
    ownTopic: await outcome(onKafka((log) => log.ends(topics.customers))),
    otherTopic: await outcome(onKafka((log) => log.read(topics.orders, 0, 0, 1))),
    otherGroup: await outcome(onKafka((log) => log.subscribe({ group: 'orders.saga', topics: [topics.customers] }, async () => undefined))),
    wrongPassword: await outcome(onKafka((log) => log.ends(topics.customers), { password: 'guessed' })),
    ownQueue: await outcome(onRabbit((tasks) => tasks.deadLetters(queueOf.ReserveCredit, 1))),
    otherQueue: await outcome(onRabbit((tasks) => tasks.deadLetters(queueOf.TakePayment, 1))),
    otherExchange: await outcome(onRabbit((tasks) => tasks.declare({ exchanges: [{ name: 'mine', kind: 'direct' }], queues: [], bindings: [] }))),
    wrongPasswordThere: await outcome(onRabbit(async () => undefined, env.RABBITMQ_URL.replace(/:[^:@]+@/, ':guessed@'))),
  }));
  process.exit(0);
`;

test("a service's users work on its own topic and queues, and on nobody else's", async () => {
  const said = await kubectl(cluster, ['exec', 'deployment/customers', '--', 'node', '--input-type=module', '-e', ATTEMPTS]);
  expect(JSON.parse(said)).toEqual({
    ownTopic: 'ok', otherTopic: 'log-forbidden', otherGroup: 'log-forbidden', wrongPassword: 'log-credentials-refused',
    ownQueue: 'ok', otherQueue: 'tasks-forbidden', otherExchange: 'tasks-forbidden', wrongPasswordThere: 'tasks-credentials-refused',
  });
});
