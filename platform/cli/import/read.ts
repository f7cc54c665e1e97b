import { open } from 'node:fs/promises';
import { id } from '@tradewind/events/ids.ts';
import { parse } from 'csv-parse/sync';
import { UserError } from '../terminal.ts';
import { COLUMNS, rowOf, type Fields, type Row } from './row.ts';

/** A data line of the file; the heading is line 1. */
export interface Line {
  line: number;
  /** Of the file, up to the end of this line. */
  bytes: number;
  /** As far as it can be told where the line is in error; a guess where it is `garbled`. */
  orderId: string | undefined;
  /** It does not have the fields of the heading. */
  garbled?: true;
  /** Or what is wrong with it. */
  row: Row | string;
}

/** A CSV file that is read as it is asked for, line by line: a quote that is left open spoils its own line only. */
export interface History { bytes: number; lines: AsyncIterable<Line> }

/**
 * Opens a file of orders and reads its heading.
 * @throws UserError where it cannot be read, or lacks a column.
 */
export async function openHistory(file: string, currency: string): Promise<History> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => { throw new UserError(error.code === 'ENOENT' ? `no such file: ${file}` : error.message); });
  const stats = await handle.stat();
  const input = handle.readLines({ encoding: 'utf8' });
  const texts = input[Symbol.asyncIterator]();
  const close = async () => {
    input.close();
    await handle.close().catch(() => undefined);
  };
  try {
    if (stats.isDirectory()) throw new UserError(`${file} is a directory`);
    const first = await texts.next().catch((error: Error) => { throw new UserError(`${file}: ${error.message}`); });
    if (first.done) throw new UserError(`${file} is empty`);
    const heading = first.value;
    const places = placesOf(heading, file);
    return { bytes: stats.size, lines: linesOf(texts, { places, currency, from: Buffer.byteLength(heading) + 1, close }) };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Reading { places: Places; currency: string; from: number; close(): Promise<void> }
interface Places { width: number; of: Record<keyof Fields, number> }

async function* linesOf(texts: AsyncIterator<string>, { places, currency, from, close }: Reading): AsyncGenerator<Line> {
  let bytes = from;
  try {
    for (let line = 2; ; line += 1) {
      const { value: text, done } = await texts.next();
      if (done) return;
      bytes += Buffer.byteLength(text) + 1;
      if (text.trim() !== '') yield { line, bytes, ...read(text, places, currency) };
    }
  } finally {
    await close();
  }
}

function read(text: string, { width, of }: Places, currency: string): Pick<Line, 'orderId' | 'garbled' | 'row'> {
  let fields: string[];
  try {
    fields = fieldsOf(text);
  } catch (error) {
    return { orderId: idIn(text.split(',')[of.orderId]), garbled: true, row: `it is no CSV: ${(error as Error).message.replace(/ at line 1\b/, '')}` };
  }
  const orderId = idIn(fields[of.orderId]);
  if (fields.length !== width) return { orderId, garbled: true, row: `it has ${fields.length} fields where the heading has ${width}` };
  const named = Object.fromEntries(COLUMNS.map((column) => [column, fields[of[column]] ?? ''])) as Fields;
  return { orderId, row: rowOf(named, currency) };
}

function placesOf(heading: string, file: string): Places {
  let names: string[] = [];
  try {
    names = fieldsOf(heading);
  } catch { /* then it lacks every column */ }
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new UserError(`${file}: the first line names no column ${missing.join(', ')}`);
  return { width: names.length, of: Object.fromEntries(COLUMNS.map((column) => [column, names.indexOf(column)])) as Places['of'] };
}

function fieldsOf(text: string): string[] {
  return parse(text, { bom: true, trim: true, relax_column_count: true })[0] ?? [];
}

function idIn(text: string | undefined): string | undefined {
  return id.safeParse(text).success ? text : undefined;
}
