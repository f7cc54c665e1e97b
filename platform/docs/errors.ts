import type { ProblemKinds } from '@tradewind/chassis/http/problem.ts';
import type { ErrorCatalogue } from '@tradewind/events/errors.ts';
import { table } from './table.ts';

/** Statuses after which the same request, under the same key, may succeed. */
const AGAIN = new Set([429, 503, 504]);

/** docs/errors.md: every stable code, what it means, and what to do about it. */
export function errorsPage(problems: Record<string, ProblemKinds>, catalogues: ErrorCatalogue<string>[]): string {
  return [
    '# Errors',
    '',
    'Generated from the error catalogues by `make docs`.',
    '',
    '## Answers over HTTP',
    '',
    'Each is `application/problem+json` (RFC 9457) with a stable `code`. *Again* says whether the same request, under',
    'the same `Idempotency-Key`, may succeed later.',
    ...Object.entries(problems).flatMap(([owner, kinds]) => ['', `### ${heading(owner)}`, '', ...problemTable(kinds)]),
    '',
    '## Errors inside',
    '',
    'What logs and metrics name. The caller in the code decides by *Again* alone; none of these codes reaches a client',
    'unless it also stands above.',
    ...catalogues.flatMap((catalogue) => ['', `### ${heading(catalogue.owner)}`, '', ...errorTable(catalogue)]),
    '',
  ].join('\n');
}

function problemTable(kinds: ProblemKinds): string[] {
  return table(['Code', 'Status', 'Meaning', 'Again', 'What to do'], Object.entries(kinds).map(([code, { status, title, help }]) =>
    [`\`${code}\``, String(status), title, AGAIN.has(status) ? 'yes' : 'no', help]));
}

function errorTable({ kinds }: ErrorCatalogue<string>): string[] {
  return table(['Code', 'Meaning', 'Again'], Object.entries(kinds).map(([code, { title, canRetry }]) =>
    [`\`${code}\``, title, canRetry ? 'yes' : 'no']));
}

function heading(owner: string): string {
  return owner.charAt(0).toUpperCase() + owner.slice(1);
}
