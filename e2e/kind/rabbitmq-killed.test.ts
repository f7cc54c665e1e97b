import { test } from '@jest/globals';
import { serverKilled } from './harness/servers.ts';
import { openStage } from './harness/stage.ts';

test('a node of RabbitMQ is killed', async () => {
  await serverKilled(await openStage(), 'rabbitmq');
});
