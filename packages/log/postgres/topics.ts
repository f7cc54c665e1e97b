import { logErrors, type TopicSpec } from '../port.ts';
import type { PartitionOf } from '../group/store.ts';
import type { Database } from './database.ts';

export interface Topic { id: number; name: string; /** By partition. */ partitionIds: number[] }

const CREATE = { name: 'log-create-topic', text: `
  with topic as (
    insert into log.topics (name, partitions, retention_ms) select $1, $2, $3
      where not exists (select 1 from log.topics where name = $1) on conflict (name) do nothing returning topic_id, partitions)
  insert into log.partitions (topic_id, partition) select topic_id, generate_series(0, partitions - 1) from topic` };
const KEEP = { name: 'log-set-retention', text: `
  update log.topics set retention_ms = $3 where name = $1 and partitions = $2 and retention_ms is distinct from $3` };
const FIND = { name: 'log-find-topics', text: `
  select topic_id, name, array_agg(partition_id order by partition) from log.topics join log.partitions using (topic_id)
  where name = any ($1) or topic_id = any ($2) group by topic_id` };
const FIND_PARTITIONS = { name: 'log-find-partitions', text: `select distinct topic_id from log.partitions where partition_id = any ($1)` };

/** Topics and their partitions, remembered: neither goes away nor changes. */
export class Topics {
  readonly #database: Database;
  readonly #byName = new Map<string, Topic>();
  readonly #byId = new Map<number, Topic>();
  readonly #partitions = new Map<number, PartitionOf>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws CodedError `topic-differs` */
  async ensure(specs: TopicSpec[]): Promise<void> {
    for (const { name, partitions, retentionMs = null } of specs) {
      await this.#database.rows(CREATE, [name, partitions, retentionMs]);
      const { length } = (await this.named(name)).partitionIds;
      if (length !== partitions) throw logErrors.error('topic-differs', `${name} has ${length} partitions, not ${partitions}`);
      await this.#database.rows(KEEP, [name, partitions, retentionMs]);
    }
  }

  /** @throws CodedError `topic-unknown` */
  async named(name: string): Promise<Topic> {
    if (!this.#byName.has(name)) await this.#find([name], []);
    const topic = this.#byName.get(name);
    if (!topic) throw logErrors.error('topic-unknown', `topic ${name} was never created`);
    return topic;
  }

  async allNamed(names: string[]): Promise<Topic[]> {
    return Promise.all(names.map((name) => this.named(name)));
  }

  /** @throws CodedError `topic-unknown` */
  async partitionId({ topic, partition }: PartitionOf): Promise<number> {
    const id = (await this.named(topic)).partitionIds[partition];
    if (id === undefined) throw logErrors.error('topic-unknown', `topic ${topic} has no partition ${partition}`);
    return id;
  }

  /** Looks up what others created, so that `nameOfTopic` and `partition` know these. */
  async learn(topicIds: number[], partitionIds: number[]): Promise<void> {
    const strange = partitionIds.filter((id) => !this.#partitions.has(id));
    const owners = strange.length > 0 ? await this.#database.rows(FIND_PARTITIONS, [strange]) : [];
    const ids = [...topicIds, ...owners.map(([id]) => id as number)].filter((id) => !this.#byId.has(id));
    if (ids.length > 0) await this.#find([], ids);
  }

  nameOfTopic(id: number): string {
    return known(this.#byId.get(id)).name;
  }

  partition(id: number): PartitionOf {
    return known(this.#partitions.get(id));
  }

  async #find(names: string[], ids: number[]): Promise<void> {
    for (const [id, name, partitionIds] of await this.#database.rows(FIND, [names, ids]) as [number, string, number[]][]) {
      const topic = { id, name, partitionIds };
      this.#byName.set(name, topic);
      this.#byId.set(id, topic);
      for (const [partition, partitionId] of partitionIds.entries()) this.#partitions.set(partitionId, { topic: name, partition });
    }
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw logErrors.error('topic-unknown', 'not looked up');
  return value;
}
