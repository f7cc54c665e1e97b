import { CodedError } from '@tradewind/events/errors.ts';
import { tasksErrors } from '../port.ts';

/** What the server said when it closed a channel or refused a connection. */
export interface Refusal { code?: number; message: string }

export function refusalOf(error: unknown): Refusal {
  const { code } = error as { code?: unknown };
  return { message: error instanceof Error ? error.message : String(error), ...(typeof code === 'number' && { code }) };
}

const NO_VHOST = 'the server refuses the virtual host: there is none of this name, it is down, or it is not this user\'s';

/** The port's error for whatever the driver or the server threw. */
export function asTasksError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const { code, message } = refusalOf(error);
  const cause = { cause: error };
  if (/Handshake terminated by server: 403/.test(message)) return tasksErrors.error('tasks-credentials-refused', 'the server refuses the user or its password', cause);
  // The driver does not pass on what the server says to it.
  if (/Expected ConnectionOpenOk; got <ConnectionClose/.test(message)) return tasksErrors.error('tasks-forbidden', NO_VHOST, cause);
  if (code === 403 || code === 530) return tasksErrors.error('tasks-forbidden', said(message), cause);
  if (code === 404) return tasksErrors.error(/no exchange/.test(message) ? 'exchange-unknown' : 'queue-unknown', said(message), cause);
  if (code === 405) return tasksErrors.error('queue-unknown', said(message), cause);
  return tasksErrors.error('tasks-unavailable', said(message), cause);
}

export function unavailable(detail: string, cause?: unknown): CodedError {
  return tasksErrors.error('tasks-unavailable', detail, { cause });
}

/** The server's own words, without the driver's around them. */
function said(message: string): string {
  return /with message "(?:[A-Z_]+ - )?(.*)"$/s.exec(message)?.[1] ?? message;
}

/** An argument that a server has otherwise than it was declared. */
export interface Inequivalence { argument: string; current: string }

/** A long refusal is cut off by the server, and may not say what it has. */
export function inequivalence(error: unknown): Inequivalence | undefined {
  const { code, message } = refusalOf(error);
  const argument = code === 406 ? /inequivalent arg '([^']+)'/.exec(message)?.[1] : undefined;
  if (argument === undefined) return undefined;
  return { argument, current: / but current is '?(.*?)'?"?$/s.exec(message)?.[1] ?? 'something else' };
}

/** The exchange that a refusal of a publish names. */
export function blamedExchange({ message }: Refusal): string | undefined {
  return /exchange '(.*)' in vhost/.exec(message)?.[1];
}
