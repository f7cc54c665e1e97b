import { config as consoleConfig } from '@tradewind/kubernetes/console/config.ts';
import { identityConfig } from '@tradewind/kubernetes/identity.ts';
import { reachConfig } from '@tradewind/kubernetes/reach.ts';
import { z } from 'zod';
import { configurations } from './configurations.ts';

interface Property { description?: string; enum?: unknown[] }
/** As much of the schema of charts/platform's values as is written here. */
export interface ValuesSchema { properties: Record<string, object> }

const tool = z.object({
  ...identityConfig, ...reachConfig.shape, GATEWAY_URL: z.url().describe('Where the gateway listens'), TOPOLOGY: z.enum(['environment']).describe('Where its servers are told'),
});
/** What each process that the chart starts reads, by its name in the values. */
const variables: Record<string, z.ZodObject> = { ...configurations, console: consoleConfig.extend(reachConfig.shape), ledger: tool, operator: tool };

/** What probes, Services and the time to stop are made of too: values of the chart say it, such as `drain`. */
const OF_THE_CHART = ['HOST', 'PORT', 'ADMIN_PORT', 'DRAIN_MS', 'STOP_WITHIN_MS'];

/** The schema of the umbrella's values in which each service takes the variables that it reads, and no others: a typo in one is an error. */
export function withVariables(schema: ValuesSchema): ValuesSchema {
  return { ...schema, properties: { ...schema.properties, ...Object.fromEntries(Object.entries(variables).map(([name, config]) => [name, serviceValues(config)])) } };
}

function serviceValues(config: z.ZodObject): object {
  const { properties: all = {} } = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, Property> };
  const properties = Object.fromEntries(Object.entries(all).filter(([name]) => !OF_THE_CHART.includes(name)));
  return {
    type: 'object', description: 'Values of charts/service, whose own schema holds for them.',
    properties: {
      settings: { type: 'object', additionalProperties: false, properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, setting(property)])) },
      secrets: { type: 'object', propertyNames: { enum: Object.keys(properties) } },
    },
  };
}

/** One that is empty counts as not there. */
function setting({ description, enum: choices }: Property): object {
  return { ...(description !== undefined && { description }), ...(choices ? { enum: [...choices, ''] } : { type: ['string', 'integer', 'boolean'] }) };
}
