import path from 'node:path';
import { documents } from './documents.ts';
import { chartFiles } from './chart-files.ts';
import { staleIn, write } from './stale.ts';

const root = path.resolve(import.meta.dirname, '../..');
const generated = Object.entries({ docs: documents(), charts: chartFiles() });

if (process.argv.includes('--check')) {
  const stale = generated.flatMap(([folder, wanted]) => staleIn(path.join(root, folder), wanted).map((name) => `${folder}/${name}`));
  for (const name of stale) console.error(`${name} is stale: run \`make docs\``);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  const written = generated.flatMap(([folder, wanted]) => write(path.join(root, folder), wanted).map((name) => `${folder}/${name}`));
  console.log(written.length > 0 ? written.join('\n') : 'docs are up to date');
}
