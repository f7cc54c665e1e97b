import { randomFillSync } from 'node:crypto';
import type { Random } from '../random.ts';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const POOL_BYTES = 8192;
const BYTES_PER_ID = 10;

/** Chance of the machine; ids are UUIDs of version 7, and within one process each is greater than those before. */
export const systemRandom: Random = { next: () => Math.random(), id: uuidV7Source(() => Date.now()) };

/**
 * A maker of UUIDs of version 7 (RFC 9562): 48 bits of time, 12 bits that count within a millisecond
 * from a random start, 62 random bits. A clock that steps back, or a counter that runs over, borrows
 * from the milliseconds to come, so that ids never go back.
 * @param now epoch milliseconds.
 */
export function uuidV7Source(now: () => number): () => string {
  const pool = Buffer.alloc(POOL_BYTES);
  let at = pool.length;
  let time = 0;
  let count = 0;
  const take = (): number => {
    if (at + BYTES_PER_ID > pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += BYTES_PER_ID;
    return at - BYTES_PER_ID;
  };
  return () => {
    const from = take();
    const present = now();
    if (present > time) {
      time = present;
      count = pool.readUInt16BE(from) & 0x7ff;
    } else if (++count > 0xfff) {
      time += 1;
      count = 0;
    }
    return format(time, count, pool.subarray(from + 2, from + BYTES_PER_ID));
  };
}

function format(time: number, count: number, tail: Uint8Array): string {
  const stamp = time.toString(16).padStart(12, '0');
  const hex = (index: number): string => HEX[tail[index] ?? 0] ?? '';
  const variant = HEX[((tail[0] ?? 0) & 0x3f) | 0x80] ?? '';
  const node = hex(2) + hex(3) + hex(4) + hex(5) + hex(6) + hex(7);
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${count.toString(16).padStart(3, '0')}-${variant}${hex(1)}-${node}`;
}
