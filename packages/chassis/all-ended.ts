/** Resolves when all have ended. @throws the error of the first of them, in their order, that rejected. */
export async function allEnded(all: Iterable<Promise<unknown>>): Promise<void> {
  for (const each of await Promise.allSettled(all)) if (each.status === 'rejected') throw each.reason;
}
