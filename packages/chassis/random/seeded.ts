import type { Random } from '../random.ts';

/**
 * Chance that repeats itself: the same seed gives the same numbers and ids, on every machine. Ids are
 * shaped like UUIDs of version 7 whose time is a count, so that later ones sort later.
 * @param seed a number, or a name such as `7:orders` for a stream of its own beside others of seed 7.
 */
export function seededRandom(seed: number | string): Random {
  const word = sfc32(seed);
  const hex = (): string => word().toString(16).padStart(8, '0');
  let made = 0;
  return {
    // 53 bits of two words: all that a double between 0 and 1 can tell apart.
    next: () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53,
    id() {
      made += 1;
      const [count, a, b, c] = [made.toString(16).padStart(12, '0'), hex(), hex(), hex()];
      const variant = ((parseInt(a.slice(0, 1), 16) & 3) | 8).toString(16);
      return `${count.slice(0, 8)}-${count.slice(8)}-7${a.slice(1, 4)}-${variant}${a.slice(5)}-${b}${c.slice(0, 4)}`;
    },
  };
}

/** Chris Doty-Humphrey's Small Fast Counting generator, 32 bits a word; passes PractRand. */
function sfc32(seed: number | string): () => number {
  let [a, b, c] = [hash(`a${seed}`), hash(`b${seed}`), hash(`c${seed}`)];
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum | 0;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next();
  return next;
}

/** FNV-1a, 32 bits: enough to set similar seeds far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value | 0;
}
