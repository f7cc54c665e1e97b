import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from './json.ts';
import { Problem } from './problem.ts';

const outcome = (text: string | Buffer): unknown => {
  try {
    return { value: parseJson(Buffer.from(text)) };
  } catch (error) {
    return error instanceof Problem ? error.code : error;
  }
};

test.each([
  ['', 'malformed-json'], ['{', 'malformed-json'], ["{'a':1}", 'malformed-json'], ['NaN', 'malformed-json'], ['01', 'malformed-json'],
  ['{"a":1,}', 'malformed-json'], ['"\n"', 'malformed-json'],
  ['{"a":1e309}', 'request-invalid'], ['-1e400', 'request-invalid'],
  ['{"a":1,"a":2}', 'request-invalid'], ['{"a":1,"b":{"a":1},"\\u0061":2}', 'request-invalid'], ['[{"a":{"b":1,"b":1}}]', 'request-invalid'],
  ['{"__proto__":{"admin":true}}', 'request-invalid'], ['{"\\u005f_proto__":1}', 'request-invalid'], ['[[{"constructor":1}]]', 'request-invalid'],
  ['{"name":"a\\u0000b"}', 'request-invalid'], ['{"a\\u0000":1}', 'request-invalid'], ['["\\ud800"]', 'request-invalid'],
  [`${'['.repeat(33)}${']'.repeat(33)}`, 'request-invalid'], [`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'request-invalid'],
  [`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 'request-invalid'],
])('%.40s is refused', (text, code) => {
  expect(outcome(text)).toBe(code);
});

test('bytes that are not UTF-8 are refused', () => {
  expect(outcome(Buffer.from([0x22, 0xff, 0x22]))).toBe('malformed-json');
});

test('the same key in two objects, and a value that looks like a key, are fine', () => {
  const text = '{"a":{"k":1},"b":[{"k":1},{"k":"a"}],"c":"a","d":"\\"d\\":1,","e":["a","a"],"f":{}, "g":[]}';
  expect(outcome(text)).toEqual({ value: JSON.parse(text) });
});

test('a pair of surrogates and every other character goes through', () => {
  expect(outcome('["\\ud83d\\ude00 é 語"]')).toEqual({ value: ['😀 é 語'] });
});

test('whatever JSON.stringify writes is read back as it was', () => {
  const key = fc.string({ unit: 'binary' }).filter((text) => !/^(__proto__|constructor|prototype)$/.test(text) && !text.includes('\0'));
  const text = fc.string({ unit: 'binary' }).filter((each) => !each.includes('\0'));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(key, tie('value'), { maxKeys: 4 })),
  }));
  fc.assert(fc.property(value, (any) => JSON.stringify(parseJson(Buffer.from(JSON.stringify(any)))) === JSON.stringify(any)), { numRuns: 100 });
});
