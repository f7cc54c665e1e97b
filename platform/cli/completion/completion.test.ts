import { beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tradewind } from '../../../test/tradewind.ts';

let bash: string;
let zsh: string;
beforeAll(async () => {
  bash = (await tradewind('', ['completion', 'bash'])).out;
  zsh = (await tradewind('', ['completion', 'zsh'])).out;
});

/** What each shell offers where the last of these words is being typed. */
const offered = {
  bash(words: string[]): string[] {
    const typed = `COMP_WORDS=(tradewind ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}`;
    return lines('bash', `${bash}\n${typed}; _tradewind; printf '%s\\n' "\${COMPREPLY[@]}"`);
  },
  zsh(words: string[]): string[] {
    const typed = `words=(tradewind ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}`;
    const stubs = `_describe() { print -l -- "\${(@P)2}" }; _files() { print FILES }`;
    const last = words.at(-1) ?? '';
    const all = lines('zsh', `${stubs}\n${zsh}\n${typed}; _tradewind`).map((line) => line.split(':')[0] ?? '');
    return all.filter((word) => word.startsWith(last)); // zsh itself leaves out what does not fit
  },
};

function lines(shell: string, script: string): string[] {
  return execFileSync(shell, shell === 'zsh' ? ['-f', '-c', script] : ['--norc', '-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

const isThere = (name: string) => (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${name}`));
const shells = (['bash', 'zsh'] as const).filter((name) => name === 'bash' || isThere(name));

test.each(shells)('%s completes commands, options, choices and values', (shell) => {
  const complete = offered[shell];
  expect(complete(['or'])).toEqual(['orders']);
  expect(complete(['orders', ''])).toEqual(['place', 'get', 'watch', 'cancel', 'list', 'import']);
  expect(complete(['orders', 'list', '--s'])).toEqual(['--status']);
  expect(complete(['orders', 'list', '--status', ''])).toEqual(['placed', 'confirmed', 'cancelled']);
  expect(complete(['orders', 'list', '--status', 'c'])).toEqual(['confirmed', 'cancelled']);
  expect(complete(['orders', 'list', '--status', 'placed', '--j'])).toEqual(['--json']);
  expect(complete(['--data', 'somewhere', 'ledger', ''])).toEqual(['check']);
  expect(complete(['projections', 'rebuild', ''])).toEqual(['order-history']);
  expect(complete(['orders', 'import', 'x.csv', '--d'])).toEqual(['--data']);
  expect(complete(['completion', 'z'])).toEqual(['zsh']);
});

test('where a file or a free value belongs, bash is left to complete files', () => {
  expect(offered.bash(['orders', 'import', ''])).toEqual([]);
  expect(offered.bash(['--data', ''])).toEqual([]);
});

test('scripts come as JSON too, and other shells are refused on one line', async () => {
  const { out } = await tradewind('', ['completion', 'bash', '--json']);
  expect(JSON.parse(out)).toEqual({ shell: 'bash', script: bash });
  expect(await tradewind('', ['completion', 'fish'])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^tradewind: [^\n]*bash, zsh[^\n]*$/) });
});
