/** What progress is shown on: a terminal, or anything that text is written to. */
export interface Screen { write(text: string): unknown; isTTY?: boolean; columns?: number }

/** One line that is rewritten on a terminal; elsewhere a line every few seconds. */
export interface Progress {
  show(text: string): void;
  /** A line that stays, above the one that is rewritten. */
  say(text: string): void;
  end(): void;
}

const EVERY_MS = 3_000;
const CLEAR = '\r\u001b[K';

export function progress(out: Screen): Progress {
  let shown = 0;
  let last = '';
  let written = '';
  return {
    show(text) {
      last = out.columns ? text.slice(0, out.columns - 1) : text;
      if (out.isTTY) out.write(`${CLEAR}${last}`);
      else if (last !== written && Date.now() - shown >= EVERY_MS) {
        shown = Date.now();
        written = last;
        out.write(`${last}\n`);
      }
    },
    say(text) {
      out.write(out.isTTY ? `${CLEAR}${text}\n${last}` : `${text}\n`);
    },
    end() {
      if (out.isTTY && last) out.write(`${CLEAR}${last}\n`);
      else if (last !== written) out.write(`${last}\n`);
      last = written = '';
    },
  };
}

/** `[#####-----] 1,000/2,000` */
export function bar(done: number, of: number): string {
  return `${blocks(done, of)} ${done.toLocaleString('en')}/${of.toLocaleString('en')}`;
}

/** `[#####-----]` */
export function blocks(done: number, of: number, width = 24): string {
  const filled = Math.min(width, Math.round((done / Math.max(of, 1)) * width));
  return `[${'█'.repeat(filled)}${'·'.repeat(width - filled)}]`;
}
