import type { Money } from './api.ts';

export function money({ amount, currency }: Money): string {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount / 100);
}

export function count(n: number | undefined): string {
  return n === undefined ? '–' : n.toLocaleString();
}

export function clock(time: string): string {
  return new Date(time).toLocaleTimeString();
}

/** To the millisecond, for what happens within one second. */
export function exactClock(time: string): string {
  return new Date(time).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
}
