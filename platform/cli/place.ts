import type { Cluster } from '@tradewind/kubernetes/kubectl.ts';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import type { Command } from 'commander';
import { platformOf, type Platform } from './platform.ts';
import { UserError, type Terminal } from './terminal.ts';

/** Where the platform is that a command is about, and so how it is reached. */
export type Place =
  /** It runs on this machine, and has announced itself in its data folder. */
  | { type: 'folder'; platform: Platform }
  /** In a cluster, reached by kubectl. */
  | { type: 'kubernetes'; cluster: Cluster }
  /** In the cluster that this process is in too: variables say the rest. */
  | { type: 'environment' };

export const topologies = ['embedded', 'compose', 'kubernetes', 'kind', 'environment'];

interface Options { topology?: string; context?: string; namespace?: string }

/** @throws UserError when no platform is running on this machine, where it should */
export function placeOf(command: Command, terminal: Terminal): Place {
  const options = command.optsWithGlobals<Options>();
  const topology = options.topology ?? (terminal.env.TOPOLOGY || 'embedded');
  switch (topology) {
    case 'embedded': case 'compose': return { type: 'folder', platform: platformOf(command, terminal) };
    case 'kubernetes': case 'kind': return { type: 'kubernetes', cluster: clusterOf(topology, options, terminal.env) };
    case 'environment': return { type: 'environment' };
    default: throw new UserError(`TOPOLOGY must be one of ${topologies.join(', ')}, not ${JSON.stringify(topology)}`);
  }
}

function clusterOf(topology: 'kubernetes' | 'kind', options: Options, env: NodeJS.ProcessEnv): Cluster {
  return clusterFrom(topology, { CONTEXT: options.context ?? env.CONTEXT, NAMESPACE: options.namespace ?? env.NAMESPACE, CLUSTER: env.CLUSTER });
}
