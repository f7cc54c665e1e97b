import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kubectl } from '../kubectl.ts';
import { kinds } from './kinds.ts';
import { schemasOf, type OpenApi } from './openapi.ts';

/** `make schemas`: asks a running cluster, which must have Strimzi's and the Prometheus operator's resources. */
const folder = path.resolve(import.meta.dirname, '../../../k8s/schemas');
const context = process.env.KUBE_CONTEXT || undefined;
const answer = await kubectl({ namespace: 'default', ...(context && { context }) }, ['get', '--raw', '/openapi/v2']);
const files = schemasOf(JSON.parse(answer) as OpenApi, kinds);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, schema] of files) writeFileSync(path.join(folder, name), `${JSON.stringify(schema)}\n`);
console.log(`k8s/schemas: ${files.size} files`);
