import type { TasksFeatures } from '../port.ts';

export const rabbitTasksFeatures: TasksFeatures = {
  adapter: 'rabbitmq', durable: true, processes: true, retryKeepsOrder: false, wholeBatches: false, exactDepths: false,
};
