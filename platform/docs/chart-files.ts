import { access } from './access.ts';
import { json } from './json.ts';

/** Every generated file of the charts, by its path below charts/. */
export function chartFiles(): Map<string, string> {
  return new Map([['platform/files/access.json', json(access())]]);
}
