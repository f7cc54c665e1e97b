import path from 'node:path';
import { documents } from './documents.ts';
import { staleIn, write } from './stale.ts';

const docs = path.resolve(import.meta.dirname, '../../docs');

if (process.argv.includes('--check')) {
  const stale = staleIn(docs, documents());
  for (const name of stale) console.error(`docs/${name} is stale: run \`make docs\``);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  const written = write(docs, documents());
  console.log(written.length > 0 ? written.map((name) => `docs/${name}`).join('\n') : 'docs are up to date');
}
