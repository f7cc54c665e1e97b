/** Who tells of faults, and of what people outside do. */
export const faultTeller = { name: 'fault', index: 99_999 };
export const clientTeller = { name: 'client', index: 88_888 };

/** What happened, in order. The hash is kept always, the lines where somebody will read them. */
export class Trace {
  /** Port calls so far. */
  calls = 0;
  readonly lines: string[] | undefined;
  readonly #now: () => number;
  #a = 0x811c9dc5 | 0;
  #b = 0x9e3779b9 | 0;

  constructor(now: () => number, told: boolean) {
    this.#now = now;
    this.lines = told ? [] : undefined;
  }

  /** What two runs that went the same way have in common. */
  get hash(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** @param about asked for only where lines are kept. */
  note(who: { name: string; index: number }, what: string, about?: () => string): void {
    this.#mix(who.index, what);
    if (!this.lines) return;
    const more = about?.() ?? '';
    this.lines.push(`${time(this.#now())}  ${who.name.padEnd(17)} ${what}${more === '' ? '' : `  ${more}`}`);
  }

  #mix(who: number, what: string): void {
    let hash = this.#a ^ who;
    for (let index = 0; index < what.length; index += 1) hash = Math.imul(hash ^ what.charCodeAt(index), 0x01000193);
    this.#a = Math.imul(hash ^ this.#now(), 0x01000193);
    this.#b = Math.imul(this.#b ^ this.#a, 0x85ebca6b) ^ (this.#b >>> 13);
  }
}

/** Seconds with microseconds. */
function time(us: number): string {
  return (us / 1_000_000).toFixed(6).padStart(11);
}
