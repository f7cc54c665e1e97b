import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file beside and moves it there: readers, and whoever starts after a kill or on a full disk, find it whole or as it was. */
export function writeWhole(file: string, text: string, mode: number): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text, { mode });
  renameSync(unfinished, file);
}
