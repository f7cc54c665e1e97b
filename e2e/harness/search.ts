const FINE = 1.1;

/**
 * The highest rate that is kept up with: doubles while it is, then halves the gap until it is a tenth at most.
 * @param keepsUp asked of one rate at a time. @returns 0 where not even the first was kept up with
 */
export async function highestRate(first: number, keepsUp: (rate: number) => Promise<boolean>): Promise<number> {
  let [good, bad] = [0, first];
  while (await keepsUp(bad)) [good, bad] = [bad, 2 * bad];
  while (good > 0 && bad / good > FINE && bad - good > 1) {
    const middle = Math.round((good + bad) / 2);
    if (await keepsUp(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
