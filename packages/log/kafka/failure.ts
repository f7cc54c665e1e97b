import { CodedError } from '@tradewind/events/errors.ts';
import { logErrors } from '../port.ts';
import type { Code } from './codes.ts';
import { LinkError } from './link.ts';

/** A broker answered with an error. */
export class BrokerError extends Error {
  override readonly name: string = 'BrokerError';
  readonly code: Code;
  constructor(code: Code, about: string) {
    super(`${about}: ${code}`);
    this.code = code;
  }
}

/** What no retry would change, and what the caller is told. Everything else may pass: leaders move, brokers restart. */
const FINAL: Partial<Record<Code, Parameters<typeof logErrors.error>[0] | 'as it is'>> = {
  TOPIC_AUTHORIZATION_FAILED: 'log-forbidden',
  GROUP_AUTHORIZATION_FAILED: 'log-forbidden',
  CLUSTER_AUTHORIZATION_FAILED: 'log-forbidden',
  SASL_AUTHENTICATION_FAILED: 'log-credentials-refused',
  UNSUPPORTED_SASL_MECHANISM: 'log-credentials-refused',
  ILLEGAL_SASL_STATE: 'log-credentials-refused',
  MESSAGE_TOO_LARGE: 'message-too-large',
  RECORD_LIST_TOO_LARGE: 'message-too-large',
  INVALID_TOPIC_EXCEPTION: 'topic-unknown',
  TOPIC_ALREADY_EXISTS: 'as it is',
  UNSUPPORTED_VERSION: 'as it is',
  INVALID_GROUP_ID: 'as it is',
  INVALID_SESSION_TIMEOUT: 'as it is',
  INCONSISTENT_GROUP_PROTOCOL: 'as it is',
  INVALID_PARTITIONS: 'as it is',
  INVALID_REPLICATION_FACTOR: 'as it is',
  INVALID_CONFIG: 'as it is',
  INVALID_REQUEST: 'as it is',
  POLICY_VIOLATION: 'as it is',
  INVALID_RECORD: 'as it is',
};

/** Whether the same call may succeed in a moment. */
export function mayPass(error: unknown): boolean {
  if (error instanceof BrokerError) return FINAL[error.code] === undefined;
  if (error instanceof LinkError) return error.kind === 'disconnected';
  return error instanceof CodedError && error.canRetry;
}

/** The port's error for whatever a client or a broker answered. */
export function asLogError(error: unknown): unknown {
  if (error instanceof LinkError)
    return logErrors.error(error.kind === 'disconnected' ? 'log-unavailable' : 'log-credentials-refused', error.message, { cause: error });
  if (!(error instanceof BrokerError)) return error;
  const code = FINAL[error.code] ?? 'log-unavailable';
  return code === 'as it is' ? error : logErrors.error(code, error.message, { cause: error });
}

/** @throws BrokerError unless the answer is good. */
export function good<Answered extends { error: Code }>(answer: Answered, about: string): Answered {
  if (answer.error !== 'NONE') throw new BrokerError(answer.error, about);
  return answer;
}
