const FIGURE = /^([A-Z]{3} )?[\d,.]+$/;

/** Rows in columns as wide as they need to be, under their heads; a column of figures stands at its right edge. */
export function table(heads: string[], rows: string[][]): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const figures = heads.map((_, column) => rows.every((row) => FIGURE.test(row[column] ?? '')));
  const aligned = (cell: string, column: number) => figures[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return all.map((row) => row.map(aligned).join('  ').trimEnd()).join('\n');
}

/** `name: value` on lines of their own, the values under each other. Undefined ones are left out. */
export function list(entries: Record<string, string | undefined>): string {
  const given = Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const width = Math.max(...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}
