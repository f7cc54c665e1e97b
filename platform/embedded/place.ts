import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { account, reachable, substitute } from './postgres/binaries.ts';

/**
 * Where PostgreSQL's data goes: `wanted`, or a place under /var/tmp where the account that PostgreSQL runs
 * under could not enter it. One line says so.
 */
export function placeFor(wanted: string, say: (line: string) => void): string {
  const parent = path.dirname(wanted);
  mkdirSync(parent, { recursive: true });
  if (reachable(parent, account())) return wanted;
  const place = substitute(wanted, 'data');
  mkdirSync(path.dirname(place), { recursive: true, mode: 0o755 });
  say(`PostgreSQL cannot keep its data in a folder that other users cannot enter: it is in ${place}`);
  return place;
}
