import { invalid, pointer } from './invalid.ts';
import { Problem } from './problem.ts';

/** Deeper nesting than any schema has; refusing it keeps every later walk of the value shallow. */
const DEEPEST = 32;
/** Keys that reach an object's prototype where a program is careless with them. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

const utf8 = new TextDecoder('utf-8', { fatal: true });
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g;

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
  checkLeaves(value, ['body']);
  return value;
}

/** @throws Problem `request-invalid` where a string, key or number inside cannot be stored. */
export function checkLeaves(value: unknown, at: string[]): void {
  if (typeof value === 'string') checkText(value, at);
  else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalid([{ pointer: pointer(at), detail: 'The number is out of range.' }]);
  } else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      checkText(key, at);
      checkLeaves(inner, [...at, key]);
    }
}

function checkText(text: string, at: string[]): void {
  if (text.includes('\0')) throw invalid([{ pointer: pointer(at), detail: 'A string holds the character NUL.' }]);
  if (!text.isWellFormed()) throw invalid([{ pointer: pointer(at), detail: 'A string holds half a surrogate pair.' }]);
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Problem('malformed-json', 'The body is not valid UTF-8.');
  }
}

/** Goes over the tokens of a valid JSON text: a string right after `{`, or after `,` in an object, is a key. */
function checkKeys(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let keyNext = false;
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      if (open.length === DEEPEST) throw invalid([{ pointer: '/body', detail: `The body is nested deeper than ${DEEPEST} levels.` }]);
      open.push(token === '{' ? new Set() : undefined);
      keyNext = token === '{';
    } else if (token === '}' || token === ']') {
      open.pop();
      keyNext = false;
    } else if (token === ',') keyNext = open.at(-1) !== undefined;
    else if (keyNext) {
      checkKey(token, open.at(-1));
      keyNext = false;
    }
  }
}

function checkKey(token: string, seen: Set<string> | undefined): void {
  const key = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
  if (RESERVED.has(key)) throw invalid([{ pointer: '/body', detail: `The key ${key} is reserved.` }]);
  if (seen?.has(key)) throw invalid([{ pointer: '/body', detail: `A key stands twice in one object: ${key}` }]);
  seen?.add(key);
}
