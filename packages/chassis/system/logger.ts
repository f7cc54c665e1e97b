import { destination, pino, stdTimeFunctions } from 'pino';
import type { Logger } from '../logger.ts';

export interface LoggerOptions {
  /** Default `info`. */
  level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** A file to append to instead of standard error. */
  file?: string;
  /** Said on each line. */
  service?: string;
}

/** JSON lines, on standard error unless told otherwise. Written at once: what was logged before a crash is there after it. */
export function systemLogger({ level = 'info', file, service }: LoggerOptions = {}): Logger {
  const base = service ? { service, pid: process.pid } : { pid: process.pid };
  return pino({ level, base, timestamp: stdTimeFunctions.isoTime }, destination({ ...(file === undefined ? { fd: 2 } : { dest: file }), sync: true }));
}
