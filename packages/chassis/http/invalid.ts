import type { z } from 'zod';
import { Problem } from './problem.ts';

/** So much of a message, and so many of them: an answer must not grow with what was wrong in the request. */
const LONGEST_DETAIL = 200;
const MOST_ERRORS = 20;

export type FieldError = { pointer: string; detail: string };

/** `request-invalid`, saying where. */
export function invalid(errors: FieldError[]): Problem {
  const shown = errors.slice(0, MOST_ERRORS).map((each) => ({ pointer: cut(each.pointer), detail: cut(each.detail) }));
  return new Problem('request-invalid', 'The request does not fit the schema.', { errors: shown });
}

/** JSON pointer (RFC 6901) of a place in the request: `/body/lines/0/quantity`. */
export function pointer(path: PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * The value as its schema understands it.
 * @throws Problem `request-invalid`
 */
export function fitting<Schema extends z.ZodType>(schema: Schema, value: unknown, part: 'path' | 'query' | 'body'): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map((issue) => ({ pointer: pointer([part, ...issue.path]), detail: issue.message })));
}

function cut(text: string): string {
  return text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text;
}
