#!/usr/bin/env node
/**
 * Stands in for kubectl, and for the cluster behind it, in a folder (KUBECTL_FOLDER): objects are files `KIND-NAME.json`. A Job that is created
 * gets a pod, whose log and exit code are those that `play.json` there says; `breaks` cuts the log off after so many lines, once, and `rotated` of them are gone
 * then; one that `hangs` does not end.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const folder = process.env.KUBECTL_FOLDER;
const args = process.argv.slice(2);
appendFileSync(path.join(folder, 'calls'), `${JSON.stringify(args)}\n`);
const [verb, ...words] = args.slice(args.findIndex((word, at) => !word.startsWith('--') && !args[at - 1]?.startsWith('--')));
const file = (kind, name) => path.join(folder, `${kind}-${name}.json`);
const read = (name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
const print = (value) => process.stdout.write(typeof value === 'string' ? value : JSON.stringify(value));
const refuse = (why) => { process.stderr.write(`Error from server: ${why}\n`); process.exit(1); };

function create() {
  const given = JSON.parse(readFileSync(0, 'utf8'));
  for (const object of given.items ?? [given]) {
    object.metadata.uid = 'uid-1';
    writeFileSync(file(object.kind.toLowerCase(), object.metadata.name), JSON.stringify(object));
  }
  print(given);
}

/** It has ended, unless its log is to be cut off still. */
function pod() {
  const { code, breaks } = read('play.json');
  const running = breaks !== undefined && !existsSync(path.join(folder, 'broken'));
  return { metadata: { name: 'pod-1' }, status: { phase: 'Running', containerStatuses: [{ state: running ? { running: {} } : { terminated: { exitCode: code } } }] } };
}

function get(kind, name) {
  if (kind === 'pods') return print({ items: readdirSync(folder).some((each) => each.startsWith('job-')) ? [pod()] : [] });
  if (kind === 'pod') return print(pod());
  if (!existsSync(file(kind, name))) refuse(`${kind} "${name}" not found`);
  return print(read(`${kind}-${name}.json`));
}

function logs() {
  const { lines, breaks, rotated = 0, hangs } = read('play.json');
  const broken = path.join(folder, 'broken');
  const cut = breaks !== undefined && !existsSync(broken);
  if (cut) writeFileSync(broken, '');
  const stamped = lines.map((line, index) => (words.includes('--timestamps') ? `2026-03-01T10:00:00.${String(index).padStart(9, '0')}Z ${line}\n` : `${line}\n`));
  print(stamped.slice(cut ? 0 : rotated, cut ? breaks : undefined).join(''));
  if (hangs) setInterval(() => undefined, 1_000);
}

/** The tunnel ends when it is asked to: its pod has gone. */
function portForward() {
  const [local] = words.at(-1).split(':');
  const server = createServer((request, response) => {
    response.end(`by ${process.pid}`);
    if (request.url === '/die') setImmediate(() => process.exit(1));
  });
  server.listen(Number(local || 0), '127.0.0.1', () => print(`Forwarding from 127.0.0.1:${server.address().port} -> 8080\n`));
}

switch (verb) {
  case 'create': create(); break;
  case 'get': get(...words); break;
  case 'logs': logs(); break;
  case 'delete': rmSync(file(...words[0].split('/')), { force: true }); break;
  case 'port-forward': portForward(); break;
  default: refuse(`unknown ${verb}`);
}
