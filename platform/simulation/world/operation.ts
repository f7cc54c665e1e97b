import { tokenErrors } from '@tradewind/chassis/auth/tokens.ts';
import { httpErrors } from '@tradewind/chassis/http/client.ts';
import { storeErrors } from '@tradewind/event-store/port.ts';
import type { CodedError } from '@tradewind/events/errors.ts';
import { logErrors } from '@tradewind/log/port.ts';
import { providerErrors } from '@tradewind/payments/provider/port.ts';
import { tasksErrors } from '@tradewind/tasks/port.ts';
import type { Target } from '../plan/faults.ts';

/** A method of a port, and what its caller hears when it fails. */
export interface Operation {
  /** As in `store.append`. */
  name: string;
  target: Target;
  /** It has an effect that its answer can be lost of. */
  changes: boolean;
  /** Nothing was done. */
  refused(): CodedError;
  /** Something may have been done. */
  unknown(): CodedError;
}

const refusals: Record<string, () => CodedError> = {
  store: () => storeErrors.error('store-unavailable', 'the store is down'),
  model: () => storeErrors.error('store-unavailable', 'the database is down'),
  log: () => logErrors.error('log-unavailable', 'the log is down'),
  tasks: () => tasksErrors.error('tasks-unavailable', 'the broker is down'),
  provider: () => providerErrors.error('provider-unavailable'),
  http: () => httpErrors.error('http-unreachable'),
  tokens: () => tokenErrors.error('keys-unavailable'),
};

const unknowns: Record<string, () => CodedError> = {
  store: () => storeErrors.error('store-unavailable', 'the answer got lost'),
  model: () => storeErrors.error('store-unavailable', 'the answer got lost'),
  log: () => logErrors.error('log-unavailable', 'the answer got lost'),
  tasks: () => tasksErrors.error('tasks-unavailable', 'the answer got lost'),
  provider: () => providerErrors.error('provider-timeout'),
  http: () => httpErrors.error('http-timeout'),
  tokens: () => tokenErrors.error('keys-unavailable'),
};

/** The operations of what stands behind one port, by method. `changing` are those that have an effect. */
export function operations<Method extends string>(target: Target, { reading, changing }: { reading: Method[]; changing: Method[] }): Record<Method, Operation> {
  const [port = ''] = target.split(':');
  const make = (method: Method, changes: boolean): [Method, Operation] => [method, {
    name: `${target}.${method}`, target, changes,
    refused: refusals[port] ?? never, unknown: unknowns[port] ?? never,
  }];
  return Object.fromEntries([...reading.map((each) => make(each, false)), ...changing.map((each) => make(each, true))]) as Record<Method, Operation>;
}

function never(): never {
  throw new Error('no such port');
}
