import { errorCode } from './sql-state.ts';
import { MAX_TASK_BYTES, tasksErrors, type Task } from '../port.ts';
import type { Database } from './database.ts';
import { readTopology, type KnownTopology } from './topology.ts';

/** Routed by a copy of the topology: nothing is written if it has changed since. */
const INSERT = {
  name: 'tasks-publish',
  text: `insert into tasks.messages (queue, exchange, routing_key, envelope)
    select queue, exchange, routing_key, envelope
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as m (queue, exchange, routing_key, envelope, n)
    where (select version from tasks.topology) = $5 order by n`,
};
const QUEUE_GONE = '23503';
const ATTEMPTS = 5;

/** Puts messages into the queues they are routed to. */
export class Publisher {
  readonly #database: Database;
  #topology: KnownTopology | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  know(topology: KnownTopology): void {
    this.#topology = topology;
  }

  /** @returns the queues that got something. @throws CodedError as the port's `publish` */
  async publish(messages: Task[]): Promise<string[]> {
    const lines = messages.map(({ envelope }) => encoded(envelope));
    for (let attempt = 1; ; attempt += 1) {
      const copies = await this.#routed(messages, lines);
      if (copies.length === 0) return [];
      if (await this.#insert(copies)) return [...new Set(copies.map(({ queue }) => queue))];
      if (attempt === ATTEMPTS) throw tasksErrors.error('tasks-unavailable', 'the topology keeps changing');
      this.#topology = undefined;
    }
  }

  async #routed(messages: Task[], lines: string[]) {
    if (this.#topology) {
      try {
        return copiesOf(messages, lines, this.#topology);
      } catch {
        this.#topology = undefined; // it may have been declared since
      }
    }
    this.#topology = await readTopology(this.#database);
    return copiesOf(messages, lines, this.#topology);
  }

  async #insert(copies: ReturnType<typeof copiesOf>): Promise<boolean> {
    const columns = [copies.map((each) => each.queue), copies.map((each) => each.exchange), copies.map((each) => each.routingKey), copies.map((each) => each.line)];
    try {
      return (await this.#database.query(INSERT, [...columns, this.#topology?.version])).count === copies.length;
    } catch (error) {
      if (errorCode(error) === QUEUE_GONE) return false;
      throw error;
    }
  }
}

function copiesOf(messages: Task[], lines: string[], topology: KnownTopology) {
  return messages.flatMap(({ exchange, routingKey }, at) =>
    topology.queuesFor(exchange, routingKey).map((queue) => ({ queue, exchange, routingKey, line: lines[at] ?? '' })));
}

function encoded(envelope: Task['envelope']): string {
  const line = JSON.stringify(envelope);
  if (Buffer.byteLength(line) > MAX_TASK_BYTES)
    throw tasksErrors.error('message-too-large', `${envelope.type} ${envelope.id}: over ${MAX_TASK_BYTES} bytes`);
  return line;
}
