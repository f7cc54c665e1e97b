import { test } from '@jest/globals';
import { serverKilled } from './harness/servers.ts';
import { openStage } from './harness/stage.ts';

test('PostgreSQL is killed', async () => {
  await serverKilled(await openStage(), 'postgres');
});
