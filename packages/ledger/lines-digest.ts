import { hashOfText } from './hash.ts';

/** 2^39 - 7, a prime: a weight times 10,000 units stays exact. */
const MODULUS = 549_755_813_881;

/**
 * Products and quantities as one number, whatever their order. Digests add up: that of two lists together
 * is the sum of theirs. Two lists that differ have the same digest once in 5 × 10^11.
 */
export function digestOf(lines: Iterable<{ productId: string; quantity: number }>): number {
  let digest = 0;
  for (const { productId, quantity } of lines) digest = sumOf(digest, weightOf(productId) * quantity);
  return digest;
}

export function sumOf(a: number, b: number): number {
  return (a + b) % MODULUS;
}

/** 39 bits of a product's id. */
function weightOf(productId: string): number {
  const low = hashOfText(productId, 0x811c9dc5);
  const high = hashOfText(productId, 0x01000193) >>> 25;
  return (high * 2 ** 32 + (low >>> 0)) % MODULUS;
}
