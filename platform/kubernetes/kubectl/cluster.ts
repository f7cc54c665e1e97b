import type { Cluster } from '../kubectl.ts';

/**
 * The cluster that CONTEXT and NAMESPACE name. Without them: kubectl's current context, or, for kind, that of the cluster that
 * `make up` makes (CLUSTER), and the namespace `tradewind`.
 */
export function clusterFrom(topology: 'kubernetes' | 'kind', env: NodeJS.ProcessEnv): Cluster {
  const context = env.CONTEXT || (topology === 'kind' ? `kind-${env.CLUSTER || 'tradewind'}` : undefined);
  return { namespace: env.NAMESPACE || 'tradewind', ...(context !== undefined && { context }) };
}
