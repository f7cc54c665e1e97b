import type { LogFeatures } from '../port.ts';

export const postgresLogFeatures: LogFeatures = { adapter: 'postgres', durable: true, processes: true, retention: true };
