import { databaseConfig, logConfig, processConfig, tasksConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';

const SHARED = { 'Every service': processConfig, 'A database': databaseConfig, 'The log': logConfig, 'The work queue': tasksConfig };

interface Property { description?: string; default?: unknown; enum?: unknown[] }

/** docs/configuration.md: every environment variable of every service's process. */
export function configurationPage(configurations: Record<string, z.ZodObject>): string {
  const common = new Set(Object.values(SHARED).flatMap((shape) => Object.keys(shape)));
  return [
    '# Configuration',
    '',
    'Generated from the schemas by `make docs`.',
    '',
    'Each service is a process, `node services/NAME/main.ts` (Node 24, as in `node_modules/.bin`), that reads environment variables and nothing else. An empty',
    'one counts as absent. What is wrong is said in one line, which shows no value, and the process ends with code 2; a',
    'server that refuses the credentials ends it the same way, one that does not answer within `START_WITHIN_MS` with code 1.',
    ...Object.entries(SHARED).flatMap(([title, shape]) => ['', `## ${title}`, '', ...usedBy(configurations, Object.keys(shape)), ...rows(z.object(shape))]),
    '',
    '## Of one service',
    ...Object.entries(configurations).flatMap(([name, config]) => ['', `### ${name}`, '', ...rows(config, (variable) => !common.has(variable))]),
    '',
  ].join('\n');
}

function usedBy(configurations: Record<string, z.ZodObject>, variables: string[]): string[] {
  const users = Object.entries(configurations).filter(([, { shape }]) => variables.every((variable) => variable in shape)).map(([name]) => name);
  return users.length === Object.keys(configurations).length ? [] : [`Of ${users.join(', ')}.`, ''];
}

function rows(config: z.ZodObject, wanted: (variable: string) => boolean = () => true): string[] {
  const { properties = {}, required = [] } = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, Property>; required?: string[] };
  const lines = Object.entries(properties).filter(([variable]) => wanted(variable)).map(([variable, property]) =>
    `| \`${variable}\` | ${cell(property.description)} | ${valueOf(property, required.includes(variable))} |`);
  return ['| Variable | Meaning | Default |', '|---|---|---|', ...lines];
}

function valueOf({ default: fallback, enum: choices }: Property, required: boolean): string {
  if (required && fallback === undefined) return '*must be given*';
  const chosen = fallback === undefined ? '' : `\`${String(fallback)}\``;
  return choices ? `${chosen}; one of ${choices.map((each) => `\`${String(each)}\``).join(', ')}` : chosen;
}

function cell(text = ''): string {
  return text.replaceAll('|', '\\|');
}
