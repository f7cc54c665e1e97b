import { Holding, type Holder } from '../group/holding.ts';
import { nameOf, type Lease, type PartitionOf } from '../group/store.ts';
import type { LogRecord, Subscribe } from '../port.ts';
import { commits, settled, type Commits } from './commits.ts';
import { Feed } from './feed.ts';
import type { Committed } from './link.ts';
import { committed } from './positions.ts';
import type { Grounds, Session } from './session.ts';

/** `begin`: where the group begins in partitions in which it has no position, by name. */
export interface SubscribeFrom extends Subscribe { begin: Map<string, number> }

interface Options extends Grounds {
  /** Begins the name of the lanes that are its own. */
  lane: string;
  session: Session;
  subscription: SubscribeFrom;
  handle(batch: LogRecord[]): Promise<void>;
  /** Told when a partition is free for others. */
  freed(): void;
}

const DEFAULT_BATCH = 500;

/** The partitions that a member holds. One that is no longer its own is given up when the batch in hand has ended. */
export class Holdings {
  readonly #options: Options;
  readonly #commits: Commits;
  readonly #feed: Feed;
  readonly #holder: Holder;
  readonly #holdings = new Map<string, Holding>();
  /** Others have these partitions; they stay among the holdings until what is in hand has ended, so that no second batch runs beside it. */
  readonly #gone = new WeakSet<Holding>();
  #epoch = 0;
  #stopping = false;

  constructor(options: Options) {
    const { cluster, clock, logger, lane, session, handle, subscription: { position, batch = DEFAULT_BATCH } } = options;
    this.#options = options;
    this.#commits = commits(cluster, session, (lease) => this.#holds(lease));
    this.#feed = new Feed({ cluster, clock, logger, lane, batch });
    this.#holder = {
      clock, logger, handle, position,
      store: { commit: async (lease, next) => settled(await this.#commits.add({ lease, next })) },
      leased: () => session.leased,
      idle: () => this.#feed.turn(),
      listen: () => () => undefined,
    };
  }

  /** Those it takes records of. */
  read(): PartitionOf[] {
    return [...this.#holdings.values()].filter((each) => !each.ending).map(({ lease: { topic, partition } }) => ({ topic, partition }));
  }

  /** Those that nobody else may have yet. */
  owned(): PartitionOf[] {
    return [...this.#holdings.values()].filter((each) => !this.#gone.has(each)).map((each) => each.lease);
  }

  /** Gives up what is no longer assigned to the member, takes what is new. */
  async reconcile(assigned: PartitionOf[]): Promise<void> {
    const { cluster, session } = this.#options;
    const mine = new Set(assigned.map(nameOf));
    for (const [name, holding] of this.#holdings) if (!mine.has(name) && !holding.ending) void this.#giveUp(holding);
    const wanted = this.#stopping ? [] : assigned.filter((each) => !this.#holdings.has(nameOf(each)));
    if (wanted.length === 0) return;
    const asked = session.known;
    const known = await committed(cluster, asked.group, wanted);
    if (!session.is(asked) || this.#stopping) return;
    for (const each of wanted) this.#take(each, known.find(({ topic, partition }) => topic === each.topic && partition === each.partition));
  }

  /** Others have them all. */
  lose(): void {
    for (const holding of this.#holdings.values()) {
      holding.lose();
      this.#gone.add(holding);
      void this.#drop(holding);
    }
  }

  /** Takes none any more; resolves when what is in hand has ended. */
  stop(): Promise<unknown> {
    this.#stopping = true;
    this.#feed.stop();
    return Promise.all([...this.#holdings.values()].map((holding) => this.#drop(holding)));
  }

  #take({ topic, partition }: PartitionOf, known: Committed | undefined): void {
    const { session, subscription, logger } = this.#options;
    const { group, member } = session.known;
    const begin = subscription.begin.get(nameOf({ topic, partition })) ?? 0;
    this.#epoch += 1;
    const lease = { group, member, topic, partition, epoch: this.#epoch };
    const holding = new Holding({ lease, position: known?.next ?? begin }, this.#holder);
    this.#holdings.set(nameOf(lease), holding);
    this.#feed.add(lease, holding);
    // So that the group begins there whoever comes next.
    if (!known) this.#commits.add({ lease, next: begin }).catch((err: unknown) => { logger?.warn({ err, ...lease }, 'where the group begins is not kept yet'); });
  }

  async #giveUp(holding: Holding): Promise<void> {
    const { clock, rebalanceMs, logger, freed } = this.#options;
    const cancel = clock.after(rebalanceMs, () => {
      logger?.warn({ ...holding.lease }, 'a batch took longer than the others wait for its partition');
      holding.lose();
      this.#gone.add(holding);
      freed();
    });
    await this.#drop(holding);
    cancel();
  }

  /** A batch in hand keeps its partition's place until it has ended; then the group shares out anew. */
  async #drop(holding: Holding): Promise<void> {
    await holding.end();
    const name = nameOf(holding.lease);
    this.#feed.remove(holding.lease, holding);
    if (this.#holdings.get(name) === holding) this.#holdings.delete(name);
    if (!this.#stopping) this.#options.freed();
  }

  #holds(lease: Lease): boolean {
    const holding = this.#holdings.get(nameOf(lease));
    return holding?.lease === lease && !this.#gone.has(holding);
  }
}
