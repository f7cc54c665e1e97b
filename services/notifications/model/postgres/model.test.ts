import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../../../../test/database.ts';
import { notification, notificationModelContract } from '../../contract/notification-model.contract.ts';
import type { NotificationModel } from '../port.ts';
import { openPostgresNotifications } from './model.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let admin: pg.Client;
let models: NotificationModel[];
beforeAll(async () => {
  database = await testDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  models = await Promise.all([1, 2].map(() => openPostgresNotifications({ url: database.url })));
});
afterAll(async () => {
  await Promise.all(models.map((model) => model.close()));
  await admin.end();
  await database.drop();
});

notificationModelContract('PostgreSQL', async () => {
  await admin.query('truncate notifications');
  const [model, other] = models as [NotificationModel, NotificationModel];
  return { model, other: () => Promise.resolve(other), close: () => Promise.resolve() };
});

test('a database that is gone is store-unavailable, for everyone whose notification shared a commit', async () => {
  const own = await testDatabase();
  const model = await openPostgresNotifications({ url: own.url });
  await own.drop();
  const results = await Promise.allSettled(['o1', 'o2', 'o3'].map((id) => model.keep(notification(id))));
  for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'store-unavailable', canRetry: true } });
  await expect(model.ping()).rejects.toMatchObject({ code: 'store-unavailable' });
  await model.close();
});
