import type { Random } from '@tradewind/chassis/random.ts';
import type { Binding, RetryPolicy, Topology } from './port.ts';

export type ExchangeKind = Topology['exchanges'][number]['kind'];

/** Queues that a message goes to, each once, in the order of the bindings. */
export function route(kind: ExchangeKind, bindings: Pick<Binding, 'queue' | 'pattern'>[], routingKey: string): string[] {
  return [...new Set(bindings.filter(({ pattern }) => matches(kind, pattern, routingKey)).map(({ queue }) => queue))];
}

function matches(kind: ExchangeKind, pattern: string, routingKey: string): boolean {
  switch (kind) {
    case 'fanout': return true;
    case 'direct': return pattern === routingKey;
    case 'topic': return topicMatches(pattern, routingKey);
  }
}

/**
 * Whether a pattern of words, `*` for exactly one and `#` for zero or more, fits a routing key.
 * Words are what dots set apart; an empty key has none. No pattern takes more than its words times the key's.
 */
export function topicMatches(pattern: string, routingKey: string): boolean {
  const words = wordsOf(routingKey);
  // fits[n]: the pattern so far fits the first n words.
  let fits = [true, ...words.map(() => false)];
  for (const part of wordsOf(pattern)) {
    const before = fits;
    if (part === '#') fits = before.map((_, n) => before.slice(0, n + 1).includes(true));
    else fits = before.map((_, n) => n > 0 && before[n - 1] === true && (part === '*' || part === words[n - 1]));
  }
  return fits[words.length] === true;
}

function wordsOf(text: string): string[] {
  return text === '' ? [] : text.split('.');
}

/** How long, in ms, until a message comes again for the `nth` time: between half and all of what the policy says. */
export function retryDelay(policy: RetryPolicy, nth: number, random: Random): number {
  const longest = Math.min(policy.maxDelayMs, policy.delayMs * policy.factor ** (nth - 1));
  return longest * (0.5 + random.next() / 2);
}
