import type { LogFeatures } from '../port.ts';

export const memoryLogFeatures: LogFeatures = { adapter: 'memory', durable: false, processes: false, retention: true };
