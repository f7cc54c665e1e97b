import { readFileSync } from 'node:fs';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import type { BrokerAccess } from '@tradewind/embedded/folder.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import { PARTITIONS, topics } from '@tradewind/events/topology.ts';
import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
import { processErrors } from '@tradewind/process/errors.ts';
import { reach } from '@tradewind/process/postgres/reach.ts';
import { databaseNames } from '../services.ts';
import type { Access } from './access.ts';
import { userNames } from './accounts.ts';
import { grant } from './grant.ts';
import { acls } from './kafka.ts';

const WITHIN_MS = 60_000;
const AGAIN_MS = 250;

/**
 * Creates the topics and says who may use them, which only an administrator may; looks whether the databases are as expected.
 * @throws Error in one line
 */
export async function setUp({ database, brokers }: Access): Promise<void> {
  await Promise.all([
    setUpKafka(brokers('admin')),
    // PostgreSQL keeps users in its volume; the others take them from files at each start.
    ...databaseNames.map((name) => persistently(() => reach(database(name, 'ledger')))),
  ]).catch((error: unknown) => {
    if (!processErrors.is(error, 'server-refused')) throw error;
    throw new Error(`${error.message} (the volumes may have been made with other passwords: make down-compose removes them)`, { cause: error });
  });
}

async function setUpKafka({ caFile, kafka: { brokers, username, password } }: BrokerAccess): Promise<void> {
  const ca = readFileSync(caFile, 'utf8');
  const log = await persistently(() => openKafkaLog({ brokers, clientId: 'set-up', tls: { ca }, sasl: { mechanism: 'plain', username, password }, clock, random }));
  try {
    await grant({ brokers, ca, username, password }, acls, userNames);
    await persistently(() => log.ensureTopics(Object.values(topics).map((name) => ({ name, partitions: PARTITIONS }))));
  } finally {
    await log.close();
  }
}

/** A server that was just started may not answer at once. */
async function persistently<T>(act: () => Promise<T>): Promise<T> {
  for (const end = clock.now() + WITHIN_MS; ; await clock.sleep(AGAIN_MS)) {
    try {
      return await act();
    } catch (error) {
      if (!mayPass(error) || clock.now() > end) throw error;
    }
  }
}

/** A topic that was just created may not be known everywhere. */
function mayPass(error: unknown): boolean {
  return error instanceof CodedError && (error.canRetry || error.code === 'topic-unknown');
}
