import type { Breach } from '../verdict/breach.ts';

/** Marks of lines that belong to every story: what went wrong, and who came and went. */
const OFTEN = /^\s*[\d.]+ {2}(fault|\S+ +(starts|has started|has ended|is told to stop|cannot start))|crash-(before|after)/;

/** The order that a breach is about, where its subject or detail names one. */
export function orderOf({ subject, detail }: Breach): string | undefined {
  return /\bo\d\d\b/.exec(`${subject} ${detail}`)?.[0];
}

/** What happened to one order, and the faults meanwhile, in order. */
export function storyOf(order: string, lines: readonly string[]): string[] {
  const about = new RegExp(`\\b${order}\\b`);
  const first = lines.findIndex((line) => about.test(line));
  return first < 0 ? [] : lines.slice(first).filter((line) => about.test(line) || OFTEN.test(line));
}
