/**
 * Resolves once nothing is left to do but what waits for a timer: a tick comes when the queue of microtasks is
 * empty. It spares the turn of the event loop, and its system calls, that an immediate takes.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
