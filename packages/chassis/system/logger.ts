import { destination, pino, stdTimeFunctions } from 'pino';
import type { Logger } from '../logger.ts';

export interface LoggerOptions {
  /** Default `info`. */
  level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Said on each line. */
  service?: string;
}

/** JSON lines on standard error. Written at once: what was logged before a crash is there after it. */
export function systemLogger({ level = 'info', service }: LoggerOptions = {}): Logger {
  const base = service ? { service, pid: process.pid } : { pid: process.pid };
  return pino({ level, base, timestamp: stdTimeFunctions.isoTime }, destination({ fd: 2, sync: true }));
}
