/**
 * The partition of a key: Kafka's own choice (murmur2 over UTF-8), so that every adapter, and any other
 * client of a Kafka cluster, puts a key in the same place.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/** Austin Appleby's MurmurHash2, 32 bits, with the seed that Kafka's Java client uses. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const whole = length - (length % 4);
  let hash = SEED ^ length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(view.getInt32(at, true), M);
    word = Math.imul(word ^ (word >>> R), M);
    hash = Math.imul(hash, M) ^ word;
  }
  for (let at = length - 1; at >= whole; at -= 1) hash ^= view.getUint8(at) << (8 * (at - whole));
  if (whole < length) hash = Math.imul(hash, M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
