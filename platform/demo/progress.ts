/** One line that is rewritten on a terminal; elsewhere a line every few seconds. */
export interface Progress { show(text: string): void; end(): void }

const EVERY_MS = 3_000;

export function progress(out: NodeJS.WriteStream): Progress {
  let shown = 0;
  let last = '';
  return {
    show(text) {
      last = text;
      if (out.isTTY) out.write(`\r\u001b[K${text}`);
      else if (Date.now() - shown >= EVERY_MS) {
        shown = Date.now();
        out.write(`${text}\n`);
      }
    },
    end() {
      if (out.isTTY) out.write(`\r\u001b[K${last}\n`);
    },
  };
}

/** `[#####-----] 1,000/2,000` */
export function bar(done: number, of: number, width = 24): string {
  const filled = Math.min(width, Math.round((done / Math.max(of, 1)) * width));
  return `[${'█'.repeat(filled)}${'·'.repeat(width - filled)}] ${done.toLocaleString('en')}/${of.toLocaleString('en')}`;
}
