/** What can go wrong, by stable code. `canRetry`: the same call may succeed later, unchanged. */
export interface ErrorKind { title: string; canRetry: boolean }

/** An error of a package or service, told apart by `code` alone. */
export class CodedError extends Error {
  override readonly name: string = 'CodedError';
  readonly code: string;
  readonly canRetry: boolean;
  readonly details?: Record<string, unknown>;
  constructor(code: string, kind: ErrorKind, detail?: string, options?: ErrorOptions & { details?: Record<string, unknown> }) {
    super(detail ?? kind.title, options);
    this.code = code;
    this.canRetry = kind.canRetry;
    if (options?.details) this.details = options.details;
  }
}

export interface ErrorCatalogue<Code extends string> {
  owner: string;
  kinds: Record<Code, ErrorKind>;
  error(code: Code, detail?: string, options?: ErrorOptions & { details?: Record<string, unknown> }): CodedError;
  is(error: unknown, code: Code): error is CodedError;
}

/** The errors of one package or service; docs/errors.md is generated from all of these. */
export function errorCatalogue<Code extends string>(owner: string, kinds: Record<Code, ErrorKind>): ErrorCatalogue<Code> {
  return {
    owner, kinds,
    error: (code, detail, options) => new CodedError(code, kinds[code], detail, options),
    is: (error, code): error is CodedError => error instanceof CodedError && error.code === code,
  };
}

export const messageErrors = errorCatalogue('events', {
  'message-type-unknown': { title: 'No schema knows this message type', canRetry: false },
  'message-from-the-future': { title: 'The message is of a version newer than this program knows', canRetry: false },
  'message-invalid': { title: 'The message does not fit its schema', canRetry: false },
});
