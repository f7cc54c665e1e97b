import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { page } from './page.ts';
import type { Result, Row } from './row.ts';

const FOLDER = path.join(import.meta.dirname, '../results');
export const PAGE = path.join(import.meta.dirname, '../../docs/e2e.md');

/** Keeps what a file found, and writes the page anew. */
export function keep(name: string, load: number, rows: Row[]): void {
  mkdirSync(FOLDER, { recursive: true });
  const result: Result = { name, machine: machine(), at: new Date().toISOString().slice(0, 10), load, rows };
  writeFileSync(path.join(FOLDER, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(PAGE, page(kept()));
}

/** Keeps one row among those of other files: in the place of what was found of the same fault before, at the same load. */
export function keepAmong(name: string, load: number, row: Row): void {
  const before = kept().find((each) => each.name === name && each.load === load)?.rows ?? [];
  const at = before.findIndex(({ victim, how }) => victim === row.victim && how === row.how);
  keep(name, load, at < 0 ? [...before, row] : before.with(at, row));
}

/** What is in the folder. */
export function kept(): Result[] {
  return !existsSync(FOLDER) ? [] : readdirSync(FOLDER).filter((file) => file.endsWith('.json')).sort().map((file) => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Result);
}

export function machine(): string {
  const processors = cpus();
  return `${processors.length} × ${processors[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 1e9)} GB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
