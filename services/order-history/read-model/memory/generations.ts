import { storeErrors } from '@tradewind/event-store/port.ts';
import { never, type RebuildState } from '../../rebuild/state.ts';
import { comparisonOf, EXAMPLES, type Comparison, type Sum } from '../comparison.ts';
import { readModelErrors } from '../errors.ts';
import type { Generations, GenerationSum, Kept, Site } from '../generations.ts';
import type { Position } from '../projection.ts';
import { MemoryProjection } from './projection.ts';

/** Times that live consumers may get ahead while the candidate catches up, before that counts as too much. */
const ATTEMPTS = 20;

interface Builder { holder: object }

/** What a crash leaves: the generations and what is kept of their building. The right to build ends with its holder. */
export class DurableReadModel {
  live = new MemoryProjection();
  candidate: MemoryProjection | undefined;
  retired: MemoryProjection | undefined;
  kept: Kept = { revision: 0, state: never };
  builder: Builder | undefined;

  /** As if the builder's connection broke. */
  endClaim(): void {
    this.builder = undefined;
  }
}

/** @param holder one process: what it holds is released when it closes. */
export function memoryGenerations(durable: DurableReadModel, holder: object): Generations {
  return {
    kept: () => Promise.resolve(durable.kept),
    keep(state, revision) {
      if (durable.kept.revision !== revision) return Promise.resolve(false);
      note(durable, state);
      return Promise.resolve(true);
    },
    list: () => Promise.resolve([sum('live', durable.live), ...sums('candidate', durable.candidate), ...sums('retired', durable.retired)]),
    dropRetired() {
      durable.retired = undefined;
      return Promise.resolve();
    },
    claim() {
      if (durable.builder) return Promise.resolve(undefined);
      durable.builder = { holder };
      return Promise.resolve(site(durable, durable.builder));
    },
  };
}

function site(durable: DurableReadModel, builder: Builder): Site {
  const own = (): DurableReadModel => {
    if (durable.builder !== builder) throw storeErrors.error('store-unavailable', 'the right to build is lost');
    return durable;
  };
  const candidate = (): MemoryProjection => {
    const there = own().candidate;
    if (!there) throw storeErrors.error('store-unavailable', 'the candidate is gone');
    return there;
  };
  return {
    position: async (topic, partition) => candidate().position(topic, partition),
    held: async (strands) => candidate().held(strands),
    apply: async (changes, advance) => candidate().apply(changes, advance),
    prepare: async () => prepare(own()),
    positions: async () => ({ candidate: candidate().standing(), live: durable.live.standing() }),
    compare: () => Promise.resolve(),
    async switchOver(catchUp, judge) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        if (level(candidate(), durable.live)) return switched(durable, candidate(), judge);
        await catchUp(durable.live.standing());
      }
      return undefined;
    },
    async discard(ended) {
      own().candidate = undefined;
      note(durable, ended(durable.kept.state));
    },
    release() {
      if (durable.builder === builder) durable.endClaim();
      return Promise.resolve();
    },
  };
}

function note(durable: DurableReadModel, state: RebuildState): void {
  durable.kept = { revision: durable.kept.revision + 1, state };
}

function prepare(durable: DurableReadModel): void {
  const { state } = durable.kept;
  if (state.from === 'retired') {
    if (!durable.retired) throw readModelErrors.error('nothing-retired');
    durable.candidate = durable.retired;
    durable.retired = undefined;
  }
  if (state.from === 'scratch') durable.candidate = new MemoryProjection();
  durable.candidate ??= new MemoryProjection();
  if (state.from !== 'candidate') note(durable, { ...state, from: 'candidate' });
}

/** Whether both stand at the same positions. */
function level(candidate: MemoryProjection, live: MemoryProjection): boolean {
  return JSON.stringify(candidate.standing()) === JSON.stringify(live.standing());
}

function switched(durable: DurableReadModel, candidate: MemoryProjection, judge: (is: RebuildState, comparison: Comparison) => RebuildState): RebuildState {
  const state = judge(durable.kept.state, compared(durable.live, candidate));
  if (state.state === 'done') {
    durable.retired = durable.live;
    durable.live = candidate;
    durable.candidate = undefined;
  }
  note(durable, state);
  return state;
}

function compared(live: MemoryProjection, candidate: MemoryProjection): Comparison {
  const [was, shall] = [live.contents(), candidate.contents()];
  const different = [...new Set([...was.keys(), ...shall.keys()])].filter((id) => was.get(id) !== shall.get(id)).sort();
  return comparisonOf({
    live: summedUp(live, was), candidate: summedUp(candidate, shall), differing: different.length, examples: different.slice(0, EXAMPLES),
  });
}

function summedUp(generation: MemoryProjection, contents: Map<string, string>): Sum {
  let digest = 0n;
  for (const [id, content] of contents) digest ^= hash(`${id} ${content}`);
  return { counts: generation.counts(), entries: generation.entries(), digest: digest.toString(16).padStart(16, '0') };
}

/** FNV-1a, of 64 bits in two halves. */
function hash(text: string): bigint {
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (let at = 0; at < text.length; at += 1) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193);
    high = Math.imul(high ^ low, 0x01000193);
  }
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function sums(name: GenerationSum['name'], generation: MemoryProjection | undefined): GenerationSum[] {
  return generation ? [sum(name, generation)] : [];
}

function sum(name: GenerationSum['name'], generation: MemoryProjection): GenerationSum {
  const records = generation.standing().reduce((all: number, { next }: Position) => all + next, 0);
  return { name, orders: Object.values(generation.counts().orders).reduce((all, count) => all + count, 0), records };
}
