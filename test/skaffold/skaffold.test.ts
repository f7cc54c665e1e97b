import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { describeWith, rendered } from '../../charts/test/helm.ts';
import { podOf, the } from '../../charts/test/manifest.ts';
import { pipeline, profileNames, ROOT } from './config.ts';
import type { Pipeline } from './pipeline.ts';
import { applied } from './profile.ts';
import { helmArgs, type Tags } from './release.ts';
import { syncOf } from './sync.ts';

const images = [...serviceNames, 'platform'].map((name) => `tradewind/${name}`);
const built = (config: Pipeline): Tags => new Map(config.build.artifacts.map(({ image }) => [image, 'built']));
const [release] = pipeline().deploy.helm.releases;
const text = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Every file below a folder of ours. */
const filesIn = (folder: string) => readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
  .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));

test('it builds what make images builds, each to the stage that a profile names', () => {
  const ofMake = /^IMAGES := (.*)$/m.exec(text('Makefile'))?.[1]?.split(' ').map((name) => `tradewind/${name}`);
  for (const profile of [[], ['failures'], ['production']]) expect(pipeline(...profile).build.artifacts.map(({ image }) => image)).toEqual(ofMake);
  expect([...images].sort()).toEqual([...ofMake ?? []].sort());
  for (const { docker: { dockerfile, target } } of pipeline().build.artifacts) expect([dockerfile, text(dockerfile)]).toEqual([dockerfile, expect.stringMatching(new RegExp(`^FROM \\S+ AS ${target}$`, 'm'))]);
  expect(pipeline('production').build.artifacts.filter(({ docker, sync }) => docker.target ?? sync)).toEqual([]);
});

test('a stage for development belongs to the user that its files are changed by, and runs what the last one runs, anew when a file changes', () => {
  for (const name of serviceNames) {
    const stages = text(`services/${name}/Dockerfile`).split(/^FROM /m);
    const [development = '', last = ''] = [stages.find((stage) => /^\S+ AS development$/m.test(stage)), stages.at(-1)];
    expect(development.match(/--chown=1000:1000/g)).toHaveLength(2);
    const command = (stage: string) => JSON.parse(/^CMD (.*)$/m.exec(stage)?.[1] ?? '[]') as string[];
    expect(command(development).filter((word) => word !== 'platform/kubernetes/restart/main.ts' && word !== 'packages' && word !== `services/${name}`)).toEqual(command(last));
  }
});

describe('sync', () => {
  const [first] = pipeline().build.artifacts;
  const changed = (file: string) => syncOf(first!, [{ file, text: 'x' }], '/app');

  test('every file of TypeScript goes where it is in each image; what is installed, migrated or generated from makes a new image', () => {
    const all = ['packages', 'services', 'platform'].flatMap(filesIn);
    const sources = all.filter((file) => file.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(200);
    expect(sources.filter((file) => JSON.stringify([...(changed(file) as { write: Map<string, string> }).write]) !== JSON.stringify([[`/app/${file}`, 'x']]))).toEqual([]);
    const others = all.filter((file) => /package\.json$|\.sql$|Dockerfile$|\.yaml$/.test(file));
    expect(others.length).toBeGreaterThan(20);
    expect(others.filter((file) => changed(file) !== 'rebuild')).toEqual([]);
    expect(changed('package-lock.json')).toBe('rebuild');
  });

  test('the rules are the same for all images, for a change counts for all of them', () => {
    for (const { sync } of pipeline().build.artifacts) expect(sync).toEqual(first!.sync);
  });

  test('rules are read as skaffold reads them', () => {
    const artifact = { image: 'x', docker: { dockerfile: 'x' }, sync: { manual: [
      { src: 'src/**/*.ts', dest: 'lib', strip: 'src/' }, { src: 'src/*.ts', dest: '/top' }, { src: 'src/page/**/*.{css,tsx}', dest: '.' },
    ] } };
    const saved = (...files: string[]) => syncOf(artifact, files.map((file) => ({ file, text: file })), '/app');
    expect(saved('src/a.ts', 'src/b/c.ts')).toEqual({ write: new Map([['/app/lib/a.ts', 'src/a.ts'], ['/top/src/a.ts', 'src/a.ts'], ['/app/lib/b/c.ts', 'src/b/c.ts']]), remove: [] });
    expect(saved('src/page/main.tsx')).toEqual({ write: new Map([['/app/src/page/main.tsx', 'src/page/main.tsx']]), remove: [] });
    expect(saved('src/a.ts', 'other.json')).toBe('rebuild');
    expect(syncOf(artifact, [{ file: 'src/b/c.ts', text: undefined }], '/app')).toEqual({ write: new Map(), remove: ['/app/lib/b/c.ts'] });
    expect(syncOf({ image: 'x', docker: { dockerfile: 'x' } }, [{ file: 'src/a.ts', text: '' }], '/app')).toBe('rebuild');
  });
});

describe('profiles', () => {
  test('each of them applies, alone and to the end', () => {
    expect(profileNames()).toEqual(['failures', 'production', ...pipeline().build.artifacts.map(({ image }) => image.replace('tradewind/', '')).filter((name) => name !== 'platform')]);
    for (const name of profileNames()) expect(pipeline(name).deploy.helm.releases).toHaveLength(1);
    expect(pipeline('production', 'failures').deploy.helm.releases[0]?.valuesFiles).toEqual(['charts/platform/values.yaml', 'charts/platform/values-failures.yaml']);
  });

  test.each(serviceNames)('%s builds that one, and sets nothing else', (name) => {
    const config = pipeline(name);
    expect(config.build.artifacts).toEqual(pipeline().build.artifacts.filter(({ image }) => image === `tradewind/${name}`));
    const args = helmArgs(config.deploy.helm.releases[0]!, 'upgrade', { flags: config.deploy.helm.flags, tags: built(config) });
    expect(args).toEqual(expect.arrayContaining(['--reset-then-reuse-values', `${name}.image.tag=built`, `${name}.development=true`]));
    expect(args.filter((each) => each.includes('=') && !each.startsWith('--')).every((each) => each.startsWith(`${name}.`))).toBe(true);
    expect(args).not.toContain('-f');
  });

  test('a path that is not there is an error', () => {
    expect(() => applied(pipeline(), { name: 'x', patches: [{ path: '/deploy/helm/releases/3/name', value: 'x' }] })).toThrow('invalid path');
    expect(() => applied(pipeline(), { name: 'x', patches: [{ path: '/deploy/helm/release', value: 'x' }] })).toThrow('invalid patch');
    expect(() => pipeline('production', 'orders', 'failures')).toThrow('invalid path');
  });
});

test('files and ports that it names are there, and differ', () => {
  const { deploy: { helm: { releases } }, portForward } = pipeline('failures');
  for (const { chartPath, valuesFiles = [] } of releases) expect([chartPath, ...valuesFiles].filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  expect(new Set(portForward.map(({ localPort }) => localPort)).size).toBe(portForward.length);
  expect(pipeline().build.local).toMatchObject({ push: false, useBuildkit: true });
});

describeWith('helm', () => {
  const args = (...profiles: string[]) => {
    const config = pipeline(...profiles);
    const { valuesFiles = [], ...rest } = config.deploy.helm.releases[0]!;
    const given = helmArgs({ ...rest, valuesFiles: valuesFiles.map((file) => path.join(ROOT, file)) }, 'install', { flags: config.deploy.helm.flags, tags: built(config) });
    return given.slice(given.indexOf('--set'), -1); // without --wait, of which helm template knows nothing
  };
  const containerOf = (manifests: ReturnType<typeof rendered>, name: string) => podOf(the(manifests, 'Deployment', name))!.spec.containers[0]!;

  test('every image that is built is what its pods and jobs run', () => {
    const manifests = rendered([], ...args());
    const ours = manifests.flatMap((manifest) => podOf(manifest)?.spec.containers ?? []).map(({ image }) => image).filter((image) => image.startsWith('tradewind/'));
    expect([...new Set(ours)].sort()).toEqual(images.map((image) => `${image}:built`).sort());
  });

  test('a container whose files are changed can be written to, and is not begun anew by its kubelet; nothing else is different', () => {
    const [developed, usual] = [rendered([], ...args()), rendered()];
    for (const name of [...serviceNames, 'console']) {
      const { securityContext, startupProbe, livenessProbe, args: command, ...rest } = containerOf(developed, name);
      expect([name, securityContext?.readOnlyRootFilesystem, startupProbe, livenessProbe]).toEqual([name, false, undefined, undefined]);
      expect(command).toEqual(name === 'console' ? expect.arrayContaining(['platform/kubernetes/restart/main.ts']) : undefined);
      expect({ ...containerOf(usual, name), image: rest.image, env: rest.env }).toMatchObject(rest);
    }
  });

  test('without that, as in production, none can be written to', () => {
    const manifests = rendered([], ...args('production'));
    for (const name of [...serviceNames, 'console']) expect(containerOf(manifests, name)).toMatchObject({ image: expect.stringMatching(/:built$/), securityContext: { readOnlyRootFilesystem: true }, livenessProbe: expect.anything() });
  });

  test('with the profile for failures there are two of each', () => {
    const manifests = rendered([], ...args('failures'));
    for (const name of serviceNames) expect(the(manifests, 'Deployment', name).spec).toMatchObject({ replicas: 2 });
  });
});

test('a template that names an image which is not built is an error', () => {
  expect(() => helmArgs(release!, 'upgrade', { flags: pipeline().deploy.helm.flags, tags: new Map() })).toThrow('there is no IMAGE_REPO_tradewind_');
});
