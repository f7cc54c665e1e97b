import { mkdirSync, rmSync } from 'node:fs';
import { startPostgres } from '@tradewind/embedded/postgres/server.ts';
import { startKafka, startRabbit } from '../test/brokers/containers.ts';
import type { Benchmark } from './benchmarks.ts';
import { clients, measureKafka } from './brokers/kafka.ts';
import { measureOutbox } from './brokers/outbox.ts';
import { measureRabbit } from './brokers/rabbit.ts';
import type { Row } from './result.ts';

/** Kafka and RabbitMQ in containers: the adapters beside plain loops, and the outbox before them. */
export const brokers: Benchmark = async (options) => {
  const runs = options.short ? 1 : 3;
  const folder = `/var/tmp/tradewind-bench-${process.pid}`;
  mkdirSync(folder, { mode: 0o755 });
  const [postgres, kafka, rabbit] = await Promise.all([startPostgres({ folder: `${folder}/postgres`, say: options.say }), startKafka(), startRabbit()]);
  try {
    await postgres.createDatabases(clients.map((client) => `outbox_${client}`));
    const rows: Row[] = [];
    for (const client of clients) rows.push(...await measureOutbox({ url: postgres.url(`outbox_${client}`), brokers: kafka.brokers, client }, options, runs));
    rows.push(...await measureKafka(kafka.brokers, options, runs), ...await measureRabbit(rabbit, options, runs));
    return { title: 'Kafka and RabbitMQ', method, runs, rows, limits };
  } finally {
    await Promise.allSettled([postgres.stop(), kafka.remove(), rabbit.remove()]);
    rmSync(folder, { recursive: true, force: true });
  }
};

const method = 'Kafka 4.1 and RabbitMQ 4, one broker each in a container on the same machine, and one PostgreSQL with `fsync` on; events of about '
  + '0.9 KB. Outbox: appends of five events each at a steady rate, from the commit until Kafka has acknowledged the event (`acks=all`), by our '
  + 'relay; then a backlog that was committed while no relay ran. Publishing: pages of 500, each confirmed before the next; ours beside the '
  + 'same client used directly, idempotent, `acks=all`, one request in flight. Reading: a new group reads all of a topic of four partitions, '
  + 'decodes each record and commits after each batch. RabbitMQ: a quorum queue that dead-letters at least once, messages persistent, '
  + 'mandatory and confirmed; handled with a prefetch of 100, acknowledged. Sides take turns, after one run that counts for nothing.';

const limits = 'CPU: two cores carry the brokers, PostgreSQL and Node at the same time. Of the time from commit to acknowledgement, half is the relay\'s '
  + 'pace (it gathers for up to 6 ms, docs/adr/0010), which sets the median; the 99th percentile is how long scan, publish and the appends of the load '
  + 'wait for a core, and it doubles when anything else runs. A publish to RabbitMQ keeps, beside what the plain loop does, a record of each message, so that '
  + 'it can say which one came back unroutable or unconfirmed.';
