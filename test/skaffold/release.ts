import type { Pipeline, Release } from './pipeline.ts';

/** Tag of each image that was built, by its name; skaffold's on a cluster of this machine is the image's own id. */
export type Tags = Map<string, string>;

/** Arguments of `helm install` or `helm upgrade`, but for the context. @throws Error at a template that names an image which is not built */
export function helmArgs({ name, chartPath, namespace, wait, valuesFiles = [], ...values }: Release, command: 'install' | 'upgrade', { flags, tags }: { flags: Pipeline['deploy']['helm']['flags']; tags: Tags }): string[] {
  return [command, name, ...flags[command], chartPath, '--namespace', namespace, ...settings(values, tags), ...valuesFiles.flatMap((file) => ['-f', file]), ...(wait ? ['--wait'] : [])];
}

function settings({ setValues = {}, setValueTemplates = {} }: Pick<Release, 'setValues' | 'setValueTemplates'>, tags: Tags): string[] {
  const variables = variablesOf(tags);
  return [
    ...Object.entries(setValues).sort().flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ...Object.entries(setValueTemplates).sort().flatMap(([key, template]) => ['--set', `${key}=${expanded(template, variables)}`]),
  ];
}

/** What a template may name, of all that skaffold gives: repository and tag, by the image's name without `/` and `-`. */
function variablesOf(tags: Tags): Map<string, string> {
  return new Map([...tags].flatMap(([image, tag]) => {
    const suffix = image.replaceAll(/[/-]/g, '_');
    return [[`IMAGE_REPO_${suffix}`, image], [`IMAGE_TAG_${suffix}`, tag]] as [string, string][];
  }));
}

function expanded(template: string, variables: Map<string, string>): string {
  return template.replaceAll(/\{\{\s*\.(\w+)\s*\}\}/g, (_, name: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`${template}: there is no ${name}`);
    return value;
  });
}
