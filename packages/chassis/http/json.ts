import { invalid, pointer } from './invalid.ts';
import { Problem } from './problem.ts';

/** Deeper nesting than any schema has; refusing it keeps every later walk of the value shallow. */
const DEEPEST = 32;
/** Keys that reach an object's prototype where a program is careless with them. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The value of a JSON text, safe to store and to hash.
 * @throws Problem `malformed-json` · `request-invalid` for what JSON allows and we do not: a key twice
 *   in one object, reserved keys, deep nesting, NUL or half a surrogate pair in a string, 1e309.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('malformed-json', 'The body is not valid JSON.');
  }
  checkKeys(text);
  checkLeaves(value, 'body');
  return value;
}

/** @throws Problem `request-invalid` where a string, key or number inside cannot be stored. */
export function checkLeaves(value: unknown, root: string): void {
  const fault = faultIn(value);
  if (fault) throw invalid([{ pointer: pointer([root, ...fault.at]), detail: fault.detail }]);
}

interface Fault { at: string[]; detail: string }

function faultIn(value: unknown): Fault | undefined {
  if (typeof value === 'string') return faultInText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { at: [], detail: 'The number is out of range.' };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const fault = faultInText(key) ?? faultIn(inner);
    if (fault) return { at: [key, ...fault.at], detail: fault.detail };
  }
  return undefined;
}

function faultInText(text: string): Fault | undefined {
  if (text.includes('\0')) return { at: [], detail: 'A string holds the character NUL.' };
  return text.isWellFormed() ? undefined : { at: [], detail: 'A string holds half a surrogate pair.' };
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Problem('malformed-json', 'The body is not valid UTF-8.');
  }
}

/** A set of keys for each object that is open, undefined for each array. */
type Open = (Set<string> | undefined)[];

/** Goes over a valid JSON text: a string right after `{`, or after `,` in an object, is a key. */
function checkKeys(text: string): void {
  const open: Open = [];
  let keyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') {
      const end = closingQuote(text, at);
      if (keyNext) checkKey(text.slice(at, end + 1), open.at(-1));
      keyNext = false;
      at = end;
    } else keyNext = keyFollows(text[at], open) ?? keyNext;
  }
}

/** Undefined for what is neither bracket nor comma. */
function keyFollows(mark: string | undefined, open: Open): boolean | undefined {
  if (mark === ',') return open.at(-1) !== undefined;
  if (mark === '{' || mark === '[') {
    if (open.length === DEEPEST) throw invalid([{ pointer: '/body', detail: `The body is nested deeper than ${DEEPEST} levels.` }]);
    open.push(mark === '{' ? new Set() : undefined);
    return mark === '{';
  }
  if (mark !== '}' && mark !== ']') return undefined;
  open.pop();
  return false;
}

function closingQuote(text: string, opening: number): number {
  for (let end = opening; ;) {
    end = text.indexOf('"', end + 1);
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

function checkKey(token: string, seen: Set<string> | undefined): void {
  const key = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
  if (RESERVED.has(key)) throw invalid([{ pointer: '/body', detail: `The key ${key} is reserved.` }]);
  if (seen?.has(key)) throw invalid([{ pointer: '/body', detail: `A key stands twice in one object: ${key}` }]);
  seen?.add(key);
}
