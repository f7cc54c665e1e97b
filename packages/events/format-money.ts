import type { Money } from './money.ts';

/** Currencies whose minor unit is not a hundredth (ISO 4217). */
const DECIMALS: Record<string, number> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0,
  XAF: 0, XOF: 0, XPF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4,
};

/** `EUR 12.05` for 1205 cents: an amount for people to read, made without floating point. */
export function formatMoney({ amount, currency }: Money): string {
  const decimals = DECIMALS[currency] ?? 2;
  if (decimals === 0) return `${currency} ${amount}`;
  const digits = String(amount).padStart(decimals + 1, '0');
  return `${currency} ${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
