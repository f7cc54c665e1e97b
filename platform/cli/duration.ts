import { InvalidArgumentError } from 'commander';

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `60s`, `5m`, `1h`, `250ms` in milliseconds. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) throw new InvalidArgumentError('Write it as 250ms, 60s, 5m, 1h or 7d.');
  return Number(amount) * (UNITS[unit] ?? 0);
}
