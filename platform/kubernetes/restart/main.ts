import { watchFolders } from './folders.ts';
import { runProgram } from './program.ts';

/** In images for development only: `node platform/kubernetes/restart/main.ts services/orders/main.ts packages services/orders`. */
const [file, ...folders] = process.argv.slice(2);
if (file === undefined || folders.length === 0) {
  process.stderr.write('restart: which program of Node.js, and which folders start it again when they change?\n');
  process.exit(2);
}

const program = runProgram(file, (line) => process.stderr.write(`restart: ${line}\n`));
watchFolders(folders, () => program.restart());
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void program.end(signal).then((code) => process.exit(code)));
