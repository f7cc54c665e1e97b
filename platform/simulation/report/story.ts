import type { Breach } from '../verdict/breach.ts';

/** Lines that belong to every story: what went wrong, */
const FAULT = /^\s*[\d.]+ {2}fault|crash-(before|after)|stalls/;
/** and from where it begins, who came and went. */
const PRESENCE = /^\s*[\d.]+ {2}\S+ +(starts|has started|has ended|is told to stop|cannot start)/;

/** The order that a breach is about, where its subject or detail names one. */
export function orderOf({ subject, detail }: Breach): string | undefined {
  return /\bo\d\d\b/.exec(`${subject} ${detail}`)?.[0];
}

/** What happened to one order, and the faults before and meanwhile, in order; nothing where the order is unknown. */
export function storyOf(order: string, lines: readonly string[]): string[] {
  const about = new RegExp(`\\b${order}\\b`);
  const first = lines.findIndex((line) => about.test(line));
  return first < 0 ? [] : lines.filter((line, at) => about.test(line) || FAULT.test(line) || (at > first && PRESENCE.test(line)));
}
