/** Resolves once nothing is left to do but what waits for a timer: all that promises lead to has happened. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
