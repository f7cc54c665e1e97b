import { CodedError } from '@tradewind/events/errors.ts';

/** What no restart changes: settings, credentials, a port of somebody else. */
const FINAL = ['config-invalid', 'issuer-key-unreadable', 'server-refused', 'port-in-use', 'port-refused', 'log-credentials-refused', 'log-forbidden', 'tasks-credentials-refused', 'tasks-forbidden'];

/** Ends this process with one line on standard error: exit code 2 where no restart would help, otherwise 1. */
export function fail(name: string, error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${name}: ${message.replaceAll('\n', '; ')}\n`);
  process.exit(error instanceof CodedError && FINAL.includes(error.code) ? 2 : 1);
}
