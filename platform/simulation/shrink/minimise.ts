/**
 * A small part of `items`, in their order, that still `fails`: halves are left out, then quarters, down to single items,
 * until none can be spared (Zeller's ddmin, complements only).
 * @param fails for all of `items` it is known to be true.
 */
export async function minimise<T>(items: readonly T[], fails: (part: T[]) => Promise<boolean>): Promise<T[]> {
  let kept = [...items];
  for (let parts = 2; kept.length > 0;) {
    const size = Math.ceil(kept.length / parts);
    let spared = false;
    for (let from = 0; from < kept.length; from += size) {
      const without = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (!await fails(without)) continue;
      kept = without;
      spared = true;
      break;
    }
    if (spared) parts = Math.max(2, parts - 1);
    else if (size === 1) break;
    else parts = Math.min(kept.length, parts * 2);
  }
  return kept;
}
