/**
 * A hint that there is something to do on a channel (`outbox:orders:log`, `queue:payments.take-payment`).
 * Hints may be lost, merged or early: whoever listens polls as well.
 */
export interface Wakeup {
  wake(channel: string): void;
  /** Calls `task` on each hint; the returned function stops that. */
  listen(channel: string, task: () => void): () => void;
}

/** Hints within one process. */
export function localWakeup(): Wakeup {
  const channels = new Map<string, Set<() => void>>();
  return {
    wake: (channel) => channels.get(channel)?.forEach((task) => task()),
    listen(channel, task) {
      const tasks = channels.get(channel) ?? new Set();
      channels.set(channel, tasks.add(task));
      return () => void tasks.delete(task);
    },
  };
}
