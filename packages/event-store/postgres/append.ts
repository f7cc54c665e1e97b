import type { Clock } from '@tradewind/chassis/clock.ts';
import type { CodedError } from '@tradewind/events/errors.ts';
import type { Lane } from '../outbox.ts';
import { storeErrors, type Act, type StreamWrite, type Version } from '../port.ts';
import type { Database } from './database.ts';
import { asStoreError, gaveWay } from './failure.ts';
import { Groups } from './group.ts';
import { knownConflict, learn, passOn } from './known.ts';
import { LoneAppends } from './lone.ts';
import { parameters, prepare, type Prepared } from './prepare.ts';

const APPEND = {
  name: 'append',
  text: 'select failures, heads from append_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)',
};
/** Times a group that gave way to another process's is sent again. */
const ATTEMPTS = 5;
/** The server's table of locks is shared by all its databases: a group takes a small part of it. */
const MOST_KEYS = 400;

interface Options {
  database: Database;
  clock: Clock;
  /** Groups on their way at a time. */
  width: number;
  /** Appends that share a statement and a commit, at most. */
  size: number;
  /** Told after each commit that left something for a lane of the relay. */
  committed(lane: Lane): void;
}

type Outcome = PromiseSettledResult<Version[]>;
interface Row { failures: ('stream-conflict' | 'already-handled' | 'key-used' | null)[] | null; heads: Version[] | null }

/** Sends appends in groups, each one statement and one commit. */
export class Appender {
  readonly #options: Options;
  readonly #groups: Groups<Prepared, Version[]>;
  readonly #lone = new LoneAppends();

  constructor(options: Options) {
    this.#options = options;
    const { width, size } = options;
    this.#groups = new Groups({ width, size, keys: MOST_KEYS, send: (group) => this.#send(group), ended: passOn, now: () => performance.now() });
  }

  async append(writes: StreamWrite[], act: Act): Promise<Version[]> {
    return this.#groups.add(prepare(writes, act));
  }

  /** Those that can only conflict need not travel. */
  async #send(group: Prepared[]): Promise<Outcome[]> {
    const conflicts = group.map(knownConflict);
    const travelling = group.filter((_, at) => conflicts[at] === undefined);
    const results = travelling.length > 0 ? await this.#travel(travelling) : [];
    return conflicts.map((conflict) => conflict === undefined
      ? results.shift() ?? failed(storeErrors.error('store-unavailable'))
      : failed(storeErrors.error('stream-conflict', conflict)));
  }

  async #travel(group: Prepared[]): Promise<Outcome[]> {
    try {
      const [append] = group;
      const results = group.length === 1 && append && await this.#sendLone(append) || await this.#sendGroup(group);
      this.#tell(group.filter((_, at) => results[at]?.status === 'fulfilled'));
      return results;
    } catch (error) {
      const reason = asStoreError(error);
      if (group.length === 1 || !storeErrors.is(reason, 'event-invalid')) return group.map(() => failed(reason));
      return this.#travelApart(group);
    }
  }

  #tell(written: Prepared[]): void {
    const { committed } = this.#options;
    if (written.some(({ writes }) => writes.some(({ envelopes }) => envelopes.length > 0))) committed('log');
    if (written.some(({ outgoing }) => outgoing.length > 0)) committed('tasks');
  }

  /** @returns undefined where the append is of another shape, or something is in its way. */
  async #sendLone(append: Prepared): Promise<Outcome[] | undefined> {
    const lone = this.#lone.for(append, this.#options.clock.now());
    if (!lone) return undefined;
    try {
      const { rowCount } = await this.#options.database.send(lone.statement, lone.values);
      if (rowCount !== lone.events) return undefined;
      return [done(append, append.writes.map((write) => write.expected ?? 0))];
    } catch (error) {
      if (gaveWay(error)) return undefined;
      throw error;
    }
  }

  async #sendGroup(group: Prepared[], attempt = 1): Promise<Outcome[]> {
    try {
      const { rows } = await this.#options.database.send<Row>(APPEND, parameters(group, this.#options.clock.now()));
      return outcomes(group, rows[0] ?? { failures: null, heads: null });
    } catch (error) {
      if (!gaveWay(error) || attempt === ATTEMPTS) throw error;
      return this.#sendGroup(group, attempt + 1);
    }
  }

  /** Something in the group is not to the server's taste: it shall fail alone. */
  async #travelApart(group: Prepared[]): Promise<Outcome[]> {
    const results: Outcome[] = [];
    for (const append of group) results.push(...await this.#travel([append]));
    return results;
  }
}

function outcomes(group: Prepared[], { failures, heads }: Row): Outcome[] {
  let next = 0;
  return group.map((append, at) => {
    const { writes } = append;
    const before = heads?.slice(next, next += writes.length) ?? [];
    const failure = failures?.[at];
    if (!failure) return done(append, before);
    learn(append, before);
    return failed(storeErrors.error(failure, detail(failure, writes, before)));
  });
}

function done(append: Prepared, before: Version[]): Outcome {
  const value = append.writes.map((write, place) => (before[place] ?? 0) + write.envelopes.length);
  learn(append, value);
  return { status: 'fulfilled', value };
}

function failed(reason: CodedError): Outcome {
  return { status: 'rejected', reason };
}

function detail(failure: string, writes: Prepared['writes'], heads: Version[]): string | undefined {
  if (failure !== 'stream-conflict') return undefined;
  return writes
    .flatMap(({ stream, expected }, place) => expected === null || expected === heads[place] ? []
      : [`${stream} is at version ${heads[place] ?? 0}, not ${expected}`])
    .join('; ');
}
