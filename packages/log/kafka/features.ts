import type { LogFeatures } from '../port.ts';

export const kafkaLogFeatures: LogFeatures = { adapter: 'kafka', durable: true, processes: true, retention: true };
