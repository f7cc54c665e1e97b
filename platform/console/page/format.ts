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
