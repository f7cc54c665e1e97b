/** Lines of two streams may stand a little out of their order. */
const OVERLAP_MS = 2_000;
/** `--since-time` knows whole seconds only. */
const KEPT_MS = OVERLAP_MS + 2_000;

/**
 * What was read of a pod's log that may break off. It is read again from shortly before the last line, by time: by number the lines cannot be known again,
 * since a kubelet that has begun a new file gives only what is in that. (Lines that it put away during the break are not to be had any more.)
 */
export class PodLog {
  /** Lines of the last seconds, as they were stamped, and how often each was told. */
  readonly #told = new Map<string, number>();
  #read = new Map<string, number>();
  #lastMs: number | undefined;
  #fresh = true;

  /** To be asked each time before it is read. @returns options of `kubectl logs` */
  begin(): string[] {
    this.#read = new Map();
    if (this.#lastMs === undefined) return ['--timestamps'];
    return ['--timestamps', '--since-time', new Date(this.#lastMs - OVERLAP_MS).toISOString().replace(/\.\d+Z$/, 'Z')];
  }

  /** @param line as `kubectl logs --timestamps` prints it. @returns its text, or undefined when that was told before */
  next(line: string): string | undefined {
    const ms = stampOf(line);
    if (ms === undefined) return this.#fresh ? line : undefined; // what goes on after a line break within a line
    const times = (this.#read.get(line) ?? 0) + 1;
    this.#read.set(line, times);
    this.#fresh = times > (this.#told.get(line) ?? 0);
    if (!this.#fresh) return undefined;
    this.#told.set(line, times);
    this.#lastMs = ms;
    for (const lines of [this.#told, this.#read]) forget(lines, ms - KEPT_MS);
    return line.slice(line.indexOf(' ') + 1);
  }
}

function forget(lines: Map<string, number>, beforeMs: number): void {
  for (const line of lines.keys()) {
    if ((stampOf(line) ?? 0) >= beforeMs) return;
    lines.delete(line);
  }
}

function stampOf(line: string): number | undefined {
  const [stamp] = /^\d{4}-\d\d-\d\dT\S+(?= )/.exec(line) ?? [];
  const ms = Date.parse(stamp ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
