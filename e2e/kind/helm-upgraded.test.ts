import { expect, test } from '@jest/globals';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { revision, rollback, upgrade } from './harness/helm.ts';
import { buildImage, giveToWorkers } from './harness/images.ts';
import { podOf } from './harness/pods.ts';
import { openStage, USUAL, type KindStage } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

const NEXT = 'tradewind/orders:next';
const MIGRATION = 'CREATE TABLE if_only_for_this_test (at timestamptz DEFAULT now());';

/** A next version of orders, whose tables differ by one. */
async function nextVersion({ cluster }: KindStage): Promise<void> {
  await buildImage(NEXT, [
    'FROM tradewind/orders:dev', 'USER root',
    `RUN echo "-- Up Migration\\n${MIGRATION}\\n-- Down Migration" > packages/event-store/postgres/migrations/999_next.sql && chmod a+r packages/event-store/postgres/migrations/999_next.sql`,
    'USER 1000:1000',
  ].join('\n'));
  await giveToWorkers(cluster, [NEXT]);
}

async function tableIsThere({ cluster }: KindStage): Promise<boolean> {
  const { metadata: { name } } = await podOf(cluster, 'postgres');
  const ask = `PGPASSWORD=$(cat $POSTGRES_PASSWORD_FILE) psql -h 127.0.0.1 "sslmode=require user=postgres dbname=orders" -Atc "SELECT to_regclass('if_only_for_this_test') IS NOT NULL"`;
  return (await kubectl(cluster, ['exec', name, '--', 'sh', '-c', ask])).trim() === 't';
}

test('an upgrade with a migration of the database, and the way back: no request fails', async () => {
  const stage = await openStage({ patience: USUAL });
  const { number } = await revision(stage.cluster);
  await nextVersion(stage);
  await struck(stage, {
    victim: 'release', how: 'upgraded, with a migration', unfailing: true,
    strike: async () => void await upgrade(stage.cluster, ['orders.image.tag=next', 'gateway.settings.RATE_BURST=4001']),
    back: () => Promise.resolve(),
  });
  expect(await tableIsThere(stage)).toBe(true);
  await struck(stage, {
    victim: 'release', how: 'rolled back', unfailing: true,
    strike: async () => void await rollback(stage.cluster, number),
    back: () => Promise.resolve(),
  });
  expect(await revision(stage.cluster)).toEqual({ number: number + 2, status: 'deployed' });
  await docker('image', 'rm', NEXT);
});
