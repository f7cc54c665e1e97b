import { expect, test } from '@jest/globals';
import { startKafka, startRabbit } from './containers.ts';
import { sharedServers } from './servers.ts';

test('servers answer, go on where they were when started again, and leave nothing behind', async () => {
  expect(sharedServers().kafka).toHaveLength(1);
  const [kafka, rabbit] = await Promise.all([startKafka(), startRabbit({ collect_statistics_interval: 600 })]);
  expect(await rabbit.exec('rabbitmqctl', '-q', 'eval', 'application:get_env(rabbit, collect_statistics_interval).')).toContain('{ok,600}');
  await rabbit.exec('rabbitmqctl', '-q', 'add_vhost', 'kept');
  await Promise.all([kafka.restart(), rabbit.restart()]);
  expect(await rabbit.exec('rabbitmqctl', '-q', 'list_vhosts')).toContain('kept');
  await Promise.all([kafka.remove(), rabbit.remove()]);
});
