import { test } from '@jest/globals';
import { serverKilled } from './harness/servers.ts';
import { openStage } from './harness/stage.ts';

test('a broker of Kafka is killed', async () => {
  await serverKilled(await openStage(), 'kafka');
});
