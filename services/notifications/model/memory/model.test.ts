import { notificationModelContract } from '../../contract/notification-model.contract.ts';
import { DurableNotifications, memoryNotifications } from './model.ts';

notificationModelContract('memory', () => {
  const durable = new DurableNotifications();
  return Promise.resolve({
    model: memoryNotifications(durable), other: () => Promise.resolve(memoryNotifications(durable)), close: () => Promise.resolve(),
  });
});
