import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './manifest.ts';

const CHARTS = path.resolve(import.meta.dirname, '..');
const PULLED_WITHIN_MS = 120_000;
/** What the charts are tried for, whatever helm itself believes. */
const KUBERNETES = ['--kube-version', '1.34.0'];
/** Above the chart's own values; nothing is kind. */
export const settings = [[], ['values-failures.yaml'], ['values-production.yaml']];

/** Declares tests that need a program; without it they are skipped loudly, and fail where CI is set. */
export function describeWith(program: string, declare: () => void): void {
  if (spawnSync(program, ['--help']).error === undefined) return declare();
  const reason = `not tested: ${program} is not on the PATH`;
  if (!process.env['CI']) return skipped(reason);
  test(program, () => { throw new Error(reason); });
}

/** Declares tests that need an image; where it is not, and cannot be had, they are skipped loudly. */
export function describeWithImage(image: string, declare: () => void): void {
  const does = (...args: string[]) => spawnSync('docker', args, { timeout: PULLED_WITHIN_MS }).status === 0;
  if (does('image', 'inspect', image) || does('pull', '--quiet', image)) return declare();
  skipped(`not tested: there is no image ${image}`);
}

function skipped(reason: string): void {
  process.stderr.write(`${reason}\n`);
  test.skip(reason, () => undefined);
}

let copy: string | undefined;
afterAll(() => { if (copy !== undefined) rmSync(copy, { recursive: true }); });

/** A chart in a copy of its own, with its dependencies; made once. */
export function chart(name: 'platform' | 'service'): string {
  if (copy === undefined) {
    copy = mkdtempSync(path.join(tmpdir(), 'tradewind-charts-'));
    cpSync(CHARTS, copy, { recursive: true, filter: (source) => !/\/(test|charts\/[^/]+\/charts)$/.test(source) });
    execFileSync('helm', ['dependency', 'build', path.join(copy, 'platform')], { stdio: 'pipe' });
  }
  return path.join(copy, name);
}

/** Answers of helm: what it printed, or what it complained about. */
export function helm(command: 'template' | 'lint', files: string[] = [], ...more: string[]): { ok: boolean; out: string; complaint: string } {
  const folder = chart('platform');
  const values = files.flatMap((file) => ['--values', path.join(folder, file)]);
  const args = command === 'template' ? ['tradewind', folder, '--namespace', 'tradewind'] : [folder, '--strict'];
  const { status, stdout, stderr } = spawnSync('helm', [command, ...args, ...KUBERNETES, ...values, ...more], { encoding: 'utf8', maxBuffer: 64_000_000 });
  return { ok: status === 0, out: stdout, complaint: stderr };
}

const texts = new Map<string, string>();

/** Everything that an installation with these values would make, as text; the same is made once. @throws Error with helm's complaint */
export function text(files: string[] = [], ...more: string[]): string {
  const key = JSON.stringify([files, more]);
  const known = texts.get(key);
  if (known !== undefined) return known;
  const { ok, out, complaint } = helm('template', files, ...more);
  if (!ok) throw new Error(complaint);
  texts.set(key, out);
  return out;
}

/** As `text`, taken apart. */
export function rendered(files: string[] = [], ...more: string[]): Manifest[] {
  return manifestsIn(text(files, ...more));
}

export function manifestsIn(out: string): Manifest[] {
  return parseAllDocuments(out, { merge: true }).map((document) => document.toJS() as Manifest | null).filter((manifest) => manifest !== null);
}
