import type { Cluster } from '@tradewind/kubernetes/kubectl.ts';
import type { RunOptions } from '@tradewind/kubernetes/job/run.ts';
import { INTERRUPTED, type Context } from './terminal.ts';

/** Marks what the other end writes to standard error: the log of a pod has one stream. */
const MARK = 'stderr| ';
/** Options that say where the platform is: the other end knows. */
const PLACING = ['--data', '--topology', '--context', '--namespace'];

/** What is done at the other end: the same command, unless `args` says another. `files` as in RunOptions. */
type What = Pick<RunOptions, 'files'> & { cronJob: 'ledger' | 'operator'; args?: string[] };

/**
 * Has a command done in the cluster, as a Job in the surroundings of a suspended CronJob: what needs the servers themselves is done
 * where they are. Its output and exit code become this one's.
 */
export async function inCluster(cluster: Cluster, { cronJob, args, files }: What, context: Context): Promise<void> {
  const { runInCluster } = await import('@tradewind/kubernetes/job/run.ts');
  const signal = context.interrupted();
  try {
    const code = await runInCluster(cluster, {
      cronJob, args: ['platform/cli/main.ts', ...args ?? withoutPlace(context.args)], env: { MARK_ERRORS: MARK }, signal, ...(files && { files }),
      line: (text) => text.startsWith(MARK) ? context.err(text.slice(MARK.length)) : context.out(text),
    });
    if (code !== 0) context.exit(code);
  } catch (error) {
    if (!signal.aborted) throw error;
    context.exit(INTERRUPTED);
  }
}

export function withoutPlace(args: string[]): string[] {
  return args.filter((word, at) => !PLACING.some((option) => word === option || word.startsWith(`${option}=`) || args[at - 1] === option));
}
