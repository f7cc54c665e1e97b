import { Problem } from '@tradewind/chassis/http/problem.ts';

const offered = ['application/json', 'text/plain'] as const;
export type MediaType = (typeof offered)[number];

interface Range { type: string; quality: number }

/**
 * The media type that an Accept header (RFC 9110) likes best; JSON where it does not care.
 * @throws Problem `not-acceptable`
 */
export function accepted(header: string | undefined): MediaType {
  const ranges = (header ?? '*/*').split(',').map(rangeOf);
  const liked = offered.map((type) => ({ type, quality: qualityOf(type, ranges) }));
  const best = liked.reduce((one, other) => (other.quality > one.quality ? other : one));
  if (best.quality <= 0) throw new Problem('not-acceptable', `Accept ${offered.join(' or ')}.`);
  return best.type;
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.toLowerCase().split(';').map((part) => part.trim());
  const quality = Number(parameters.find((part) => part.startsWith('q='))?.slice(2) ?? 1);
  return { type, quality: Number.isNaN(quality) ? 0 : quality };
}

/** The most exact range that fits decides. */
function qualityOf(type: MediaType, ranges: Range[]): number {
  const group = `${type.slice(0, type.indexOf('/'))}/*`;
  for (const wanted of [type, group, '*/*']) {
    const range = ranges.find((each) => each.type === wanted);
    if (range) return range.quality;
  }
  return 0;
}
