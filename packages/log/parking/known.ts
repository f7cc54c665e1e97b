import type { LogRecord } from '../port.ts';
import type { Known } from './decide.ts';
import type { Place, Standing } from './port.ts';

/**
 * What a member knows of its group's lot without asking for each record. It may be out of date towards `parked`: the lot
 * then says `free`. Towards `free` it may be so of another partition's records only: whatever this partition's former
 * holders parked is looked up before its next record is handled (`following`).
 */
export class Knowledge implements Known {
  #keys = new Set<string>();
  #dropped = new Set<string>();
  /** Parked here since the last look began, whose answer may not know of them. */
  #since = new Set<string>();
  #coming: Promise<Standing> | undefined;
  #last: Promise<void> = Promise.resolve();
  readonly #next = new Map<string, number>();

  get keys(): number {
    return this.#keys.size;
  }

  get nothing(): boolean {
    return this.#keys.size + this.#dropped.size === 0;
  }

  parked(key: string): boolean {
    return this.#keys.has(key);
  }

  dropped(place: Place): boolean {
    return this.#dropped.size > 0 && this.#dropped.has(nameOf(place));
  }

  park(key: string): void {
    this.#keys.add(key);
    this.#since.add(key);
  }

  free(key: string): void {
    this.#keys.delete(key);
  }

  /** Takes in what the lot says, once it is asked after this call; whoever calls while that is to come shares it. */
  look(ask: () => Promise<Standing>): Promise<Standing> {
    this.#coming ??= this.#last.then(() => this.#look(ask));
    return this.#coming;
  }

  /** What is parked here while the answer is on its way is kept. */
  async #look(ask: () => Promise<Standing>): Promise<Standing> {
    const coming = this.#coming;
    this.#coming = undefined;
    this.#last = coming?.then(() => undefined, () => undefined) ?? Promise.resolve();
    const since = this.#since = new Set<string>();
    const standing = await ask();
    this.#keys = new Set([...standing.keys, ...since]);
    this.#dropped = new Set(standing.dropped.map(nameOf));
    return standing;
  }

  /** Whether this batch goes on where the last one that was handled here ended: nobody can have come between. */
  following([first]: LogRecord[]): boolean {
    return first !== undefined && this.#next.get(partitionOf(first)) === first.offset;
  }

  handled(batch: LogRecord[]): void {
    const last = batch.at(-1);
    if (last) this.#next.set(partitionOf(last), last.offset + 1);
  }

  failed([first]: LogRecord[]): void {
    if (first) this.#next.delete(partitionOf(first));
  }
}

export function nameOf({ topic, partition, offset }: Place): string {
  return `${topic}/${partition}@${offset}`;
}

function partitionOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}
