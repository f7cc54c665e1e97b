import setUpPostgres from '../global-setup.js';
import { startServers } from './servers.ts';

/** What `npm test` starts, and a Kafka and a RabbitMQ in containers. */
export default async function setUp() {
  globalThis.tradewindTestBrokers = await startServers();
  await setUpPostgres();
}
