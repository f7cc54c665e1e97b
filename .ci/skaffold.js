import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Checks skaffold.yaml against skaffold's own JSON schema of the version that it names: `node .ci/skaffold.js SCHEMA`. */
const [schemaFile = ''] = process.argv.slice(2);
const config = parse(readFileSync('skaffold.yaml', 'utf8'));
if (!schemaFile.includes(config.apiVersion.replace('/', '-'))) throw new Error(`skaffold.yaml is ${config.apiVersion}, and the schema is ${schemaFile}`);

const check = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));

/** What the schema says against a configuration, one line each. */
function faults(candidate) {
  return check(candidate) ? [] : check.errors.map(({ dataPath, message, params }) => `skaffold.yaml${dataPath} ${message} ${JSON.stringify(params)}`);
}

// A check that finds nothing in a file with a typo would find nothing in ours.
const typo = structuredClone(config);
typo.deploy.helm.releases[0].valueFiles = [];
if (!faults(typo).some((line) => line.includes('valueFiles'))) throw new Error('the schema does not see a typo');

const found = faults(config);
for (const line of found) console.error(line);
process.exitCode = found.length ? 1 : 0;
