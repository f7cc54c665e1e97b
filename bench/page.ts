import type { Result, Row } from './result.ts';
import type { Spread } from './statistics.ts';

/** docs/benchmarks.md. */
export function page(results: Result[]): string {
  return [
    '# Benchmarks',
    '',
    'Written by `make bench`; each table is one file of bench/results. A figure is the median of the runs, with the',
    'least and the greatest in brackets. Ours and the peer took turns on the same machine. A ratio above 1 is in our',
    'favour, whichever way the figure should go.',
    ...results.flatMap(section),
    '',
  ].join('\n');
}

function section({ name, title, method, machine, at, runs, rows, limits }: Result): string[] {
  return [
    '', `## ${title}`, '',
    `\`make bench ONLY=${name}\` · ${at.slice(0, 10)} · ${machine} · ${runs} ${runs === 1 ? 'run' : 'runs'} each`, '',
    method, '',
    '| what | unit | ours | peer | ratio | goal | holds |',
    '|---|---|--:|--:|--:|---|---|',
    ...rows.map(line), '',
    `**What limits it.** ${limits}`,
  ];
}

function line({ what, unit, ours, peer, ratio, goal, holds }: Row): string {
  const cells = [
    what, unit, figures(ours), peer ? `${peer.name} ${figures(peer)}` : '–',
    ratio === null ? '–' : `${figure(ratio)}×`, goal ?? '–', holds === null ? '–' : holds ? 'yes' : '**no**',
  ];
  return `| ${cells.join(' | ')} |`;
}

function figures({ median, min, max }: Spread): string {
  return min === max ? figure(median) : `${figure(median)} [${figure(min)}–${figure(max)}]`;
}

/** Three digits, or all before the point. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'; // nothing beside nothing
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-3))));
  return value.toLocaleString('en', { minimumFractionDigits: Math.min(digits, 2), maximumFractionDigits: Math.min(digits, 2) });
}
