import { Refusal } from '@tradewind/events/decider.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import { generalProblems, Problem, type ProblemDetails, type ProblemKind, type ProblemKinds } from './problem.ts';

/** What an error of a port means to a caller, where its code is no problem of its own. */
const MEANING: Record<string, string> = { 'http-unreachable': 'service-unavailable', 'http-timeout': 'deadline-exceeded' };

export interface Failure { details: ProblemDetails; headers: Record<string, string>; /** Nobody foresaw it. */ unexpected: boolean }

/** Stable URI of a problem's type. */
export function problemType(code: string): string {
  return `https://tradewind.dev/problems/${code}`;
}

/**
 * How an error shows to the caller: by its code in `kinds` or the general problems; what may pass on its
 * own as `service-unavailable`; anything else as `internal`, without a word of what it was.
 */
export function failureOf(error: unknown, kinds: ProblemKinds, requestId: string): Failure {
  const code = codeOf(error, kinds);
  const kind = kindOf(code, kinds);
  const details: ProblemDetails = { type: problemType(code), title: kind.title, status: kind.status, code, instance: requestId };
  if (isMeantForCaller(error, kind)) details.detail = error.message;
  if (error instanceof Problem && error.errors) details.errors = error.errors;
  const headers = { ...usualHeaders(code, kind), ...(error instanceof Problem ? error.headers : {}) };
  return { details, headers, unexpected: code === 'internal' };
}

function kindOf(code: string, kinds: ProblemKinds): ProblemKind {
  const kind = kinds[code] ?? generalProblems[code];
  if (!kind) throw new Error(`no problem kind ${code}`);
  return kind;
}

function codeOf(error: unknown, kinds: ProblemKinds): string {
  if (!(error instanceof Problem || error instanceof Refusal || error instanceof CodedError)) return 'internal';
  const code = MEANING[error.code] ?? error.code;
  if (Object.hasOwn(kinds, code) || Object.hasOwn(generalProblems, code)) return code;
  return error instanceof CodedError && error.canRetry ? 'service-unavailable' : 'internal';
}

/** Messages of our own ports may name hosts and databases: only those that blame the request go out. */
function isMeantForCaller(error: unknown, kind: ProblemKind): error is Error {
  return error instanceof Problem || error instanceof Refusal || (error instanceof CodedError && kind.status < 500);
}

function usualHeaders(code: string, kind: ProblemKind): Record<string, string> {
  if (code === 'token-missing') return { 'www-authenticate': 'Bearer' };
  if (kind.status === 401) return { 'www-authenticate': 'Bearer error="invalid_token"' };
  return kind.status === 503 || kind.status === 429 ? { 'retry-after': '1' } : {};
}
