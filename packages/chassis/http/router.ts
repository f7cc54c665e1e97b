import { Problem } from './problem.ts';

/** An operation by method and path template, as in OpenAPI: `/orders/{orderId}`. */
export interface Pattern { method: string; path: string }

export type Match<T> =
  | { type: 'found'; entry: T; params: Record<string, string> }
  /** The path exists, the method does not. */
  | { type: 'method'; allow: string[] }
  | { type: 'none' };

interface Compiled<T> { entry: T; segments: string[]; names: (string | undefined)[] }

/**
 * Finds the operation of a request. Paths match to the letter: no trailing slash, no empty or dot
 * segment, no encoded literal; a parameter is percent-decoded and holds no slash. What a gateway and a
 * service make of a path is therefore always the same. A path is the resource of its most literal template, whatever
 * the method (OpenAPI 3.1, path templating matching); HEAD counts as GET.
 * @returns a function of method and path (no query string).
 */
export function router<T extends Pattern>(entries: readonly T[]): (method: string, path: string) => Match<T> {
  const byLength = new Map<number, Compiled<T>[]>();
  const compiled = entries.map(compile).sort((a, b) => parameters(a) - parameters(b));
  for (const each of compiled) {
    const peers = byLength.get(each.segments.length) ?? [];
    byLength.set(each.segments.length, [...peers, each]);
  }
  return (method, path) => {
    const segments = path.split('/');
    if (segments[0] !== '') return { type: 'none' };
    return choose(byLength.get(segments.length) ?? [], method === 'HEAD' ? 'GET' : method, segments);
  };
}

/** Path and query string (without its mark) of a request target. */
export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** `route-unknown`, or `method-not-allowed` with the methods that there are. */
export function notFound<T>(match: Exclude<Match<T>, { type: 'found' }>, method: string): Problem {
  if (match.type === 'none') return new Problem('route-unknown', 'No such resource.');
  return new Problem('method-not-allowed', `This resource has no ${method.slice(0, 20)}.`, { headers: { allow: match.allow.join(', ') } });
}

function choose<T extends Pattern>(candidates: Compiled<T>[], method: string, segments: string[]): Match<T> {
  const resource = candidates.find((candidate) => paramsOf(candidate, segments))?.entry.path;
  const allow = new Set<string>();
  for (const candidate of candidates) {
    if (candidate.entry.path !== resource) continue;
    const params = paramsOf(candidate, segments);
    if (params && candidate.entry.method === method) return { type: 'found', entry: candidate.entry, params };
    allow.add(candidate.entry.method);
  }
  if (allow.has('GET')) allow.add('HEAD');
  return allow.size ? { type: 'method', allow: [...allow].sort() } : { type: 'none' };
}

function compile<T extends Pattern>(entry: T): Compiled<T> {
  const segments = entry.path.split('/');
  return { entry, segments, names: segments.map((segment) => /^\{(\w+)\}$/.exec(segment)?.[1]) };
}

function parameters<T>({ names }: Compiled<T>): number {
  return names.filter((name) => name !== undefined).length;
}

function paramsOf<T>({ segments, names }: Compiled<T>, actual: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, text] of actual.entries()) {
    const name = names[index];
    if (name === undefined) {
      if (segments[index] !== text) return undefined;
    } else {
      const value = decode(text);
      if (value === undefined) return undefined;
      params[name] = value;
    }
  }
  return params;
}

/** Undefined for what no parameter may be: nothing, a dot segment, a slash in disguise, bad encoding. */
function decode(text: string): string | undefined {
  try {
    const value = text.includes('%') ? decodeURIComponent(text) : text;
    return value === '' || value === '.' || value === '..' || /[/\\]/.test(value) ? undefined : value;
  } catch {
    return undefined;
  }
}
