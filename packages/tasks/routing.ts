import type { Random } from '@tradewind/chassis/random.ts';
import type { Binding, RetryPolicy, Topology } from './port.ts';

export type ExchangeKind = Topology['exchanges'][number]['kind'];

/** Queues, each once, that a message goes to; in the order of the bindings. */
export function route(kind: ExchangeKind, bindings: Binding[], routingKey: string): string[] {
  return [...new Set(bindings.filter(({ pattern }) => matches(kind, pattern, routingKey)).map(({ queue }) => queue))];
}

function matches(kind: ExchangeKind, pattern: string, routingKey: string): boolean {
  switch (kind) {
    case 'fanout': return true;
    case 'direct': return pattern === routingKey;
    case 'topic': return topicMatches(pattern.split('.'), routingKey.split('.'));
  }
}

/** `*` stands for one word, `#` for any number of them. */
export function topicMatches(pattern: string[], words: string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') return words.length === 0 ? topicMatches(rest, words) : topicMatches(rest, words) || topicMatches(pattern, words.slice(1));
  return words.length > 0 && (first === '*' || first === words[0]) && topicMatches(rest, words.slice(1));
}

/** How long until a message that failed `attempts` times comes again, in ms: between half and all of what the policy says. */
export function retryDelay(policy: RetryPolicy, attempts: number, random: Random): number {
  const full = Math.min(policy.delayMs * policy.factor ** Math.max(0, attempts - 1), policy.maxDelayMs);
  return full * (0.5 + random.next() / 2);
}
