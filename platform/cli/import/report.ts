import { blocks } from '@tradewind/client/progress.ts';
import { counted, number } from '../figures.ts';
import { list } from '../table.ts';
import type { Failure } from './assemble.ts';
import type { Replayed } from './replay.ts';

const SPAN_MS = 10_000;

interface Sample { at: number; bytes: number; orders: number }

/** How far an import is, on one line. Rate and time left follow from the last ten seconds; nothing is left to tell of them at the end of the file. */
export function progressLine(size: number, now: () => number): (done: Replayed) => string {
  const samples: Sample[] = [];
  return (done) => {
    const { rows, placed, thereAlready, rowsSkipped } = done;
    const bytes = Math.min(done.bytes, size);
    samples.push({ at: now(), bytes, orders: placed + thereAlready });
    while (samples.length > 2 && now() - (samples[0]?.at ?? 0) > SPAN_MS) samples.shift();
    const counts = [['placed', placed], ['there already', thereAlready], ['skipped', rowsSkipped]] as const;
    return [
      ...size > 0 ? [`${blocks(bytes, size)} ${String(Math.floor((bytes / size) * 100)).padStart(3)}%`] : [], // a pipe has no size
      counted(rows, 'row'), ...counts.filter(([, n]) => n > 0).map(([name, n]) => `${number(n)} ${name}`), ...pace(samples, size),
    ].join('  ');
  };
}

function pace(samples: Sample[], size: number): string[] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at === first.at || last.bytes === size) return [];
  const seconds = (last.at - first.at) / 1_000;
  if (last.orders === first.orders && seconds > 3) return ['waiting'];
  const rate = `${number(Math.round((last.orders - first.orders) / seconds))} orders/s`;
  return last.bytes > first.bytes ? [rate, `${span(((size - last.bytes) / (last.bytes - first.bytes)) * seconds)} left`] : [rate];
}

export interface Imported extends Replayed {
  file: string;
  seconds: number;
  /** Requests that had to be sent more than once. */
  resent: number;
  /** The first thousand rows in error. */
  errors: Failure[];
  /** Whether the file was read to its end. */
  complete: boolean;
}

/** What became of an import, for people. */
export function importText({ file, rows, placed, thereAlready, rowsSkipped, pricedOtherwise, registered, seconds, resent, complete }: Imported): string {
  const orders = placed + thereAlready;
  const some = (n: number, what: string, more = '') => (n > 0 ? `${counted(n, what)}${more}` : undefined);
  const known = [some(registered.customers, 'customer'), some(registered.products, 'product')].filter((each) => each !== undefined);
  return `${file}: ${counted(rows, 'row')}${complete ? '' : ' so far; run it again to go on'}\n${list({
    '  placed': counted(placed, 'order'), '  there already': some(thereAlready, 'order'), '  skipped': some(rowsSkipped, 'row'),
    '  registered': known.join(', ') || undefined,
    '  priced otherwise': some(pricedOtherwise, 'order', ': the platform knew a product at another price, which counts'),
    '  sent again': some(resent, 'request'),
    '  took': `${span(seconds)}, ${number(Math.round(orders / Math.max(seconds, 0.001)))} orders/s`,
  })}`;
}

function span(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3_600)} h`;
}
