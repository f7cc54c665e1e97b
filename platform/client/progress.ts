/** What progress is shown on: a terminal, or anything that text is written to. */
export interface Screen { write(text: string): unknown; isTTY?: boolean; columns?: number }

/** One line that is rewritten on a terminal, ten times a second at most; elsewhere a line every few seconds, and the last. */
export interface Progress {
  show(text: string): void;
  /** A line that stays, above the one that is rewritten. */
  say(text: string): void;
  end(): void;
}

const REWRITTEN_EVERY_MS = 100;
const EVERY_MS = 3_000;
const CLEAR = '\r\u001b[K';

export function progress(out: Screen): Progress {
  let shown = out.isTTY ? 0 : Date.now();
  let last = '';
  let written = '';
  return {
    show(text) {
      last = out.columns ? text.slice(0, out.columns - 1) : text;
      if (last === written || Date.now() - shown < (out.isTTY ? REWRITTEN_EVERY_MS : EVERY_MS)) return;
      shown = Date.now();
      written = last;
      out.write(out.isTTY ? `${CLEAR}${last}` : `${last}\n`);
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

/** `[████····] 1,000/2,000` */
export function bar(done: number, of: number): string {
  return `${blocks(done, of)} ${done.toLocaleString('en')}/${of.toLocaleString('en')}`;
}

/** `[████····]`, full only at the end */
export function blocks(done: number, of: number, width = 24): string {
  const filled = Math.min(width, Math.floor((done / Math.max(of, 1)) * width));
  return `[${'█'.repeat(filled)}${'·'.repeat(width - filled)}]`;
}
