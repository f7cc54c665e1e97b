import { encodeTask } from '../message.ts';
import type { Task } from '../port.ts';
import { queueOf, queuesFor } from '../topology.ts';
import type { Database } from './database.ts';
import type { StoredTopology, Topologies } from './topologies.ts';

const PUBLISH = { name: 'tasks-publish', text: 'select tasks.publish($1, $2, $3) as published' };

/** What goes in one statement at most; a call is never split. */
const MOST_CHARACTERS = 4_000_000;

interface Encoded { exchange: string; routingKey: string; line: string }

interface Call { tasks: Encoded[]; length: number; resolve(): void; reject(error: unknown): void }

/** One message for one queue. */
interface Copy { queue: string; id: number; line: string }

interface Options {
  database: Database;
  topologies: Topologies;
  /** Told which queues got something. */
  published(queues: Iterable<string>): void;
}

/** Publishes one statement and commit at a time; calls that come meanwhile share the next. */
export class Publisher {
  readonly #options: Options;
  #calls: Call[] = [];
  #busy = false;

  constructor(options: Options) {
    this.#options = options;
  }

  async publish(messages: Task[]): Promise<void> {
    if (messages.length === 0) return;
    const tasks = messages.map((task) => ({ exchange: task.exchange, routingKey: task.routingKey, line: encodeTask(task) }));
    const length = tasks.reduce((sum, { line }) => sum + line.length, 0);
    await new Promise<void>((resolve, reject) => {
      this.#calls.push({ tasks, length, resolve, reject });
      this.#soon();
    });
  }

  /** At the end of this turn of the event loop: callers that one commit has freed come again together. */
  #soon(): void {
    if (this.#busy || this.#calls.length === 0) return;
    this.#busy = true;
    setImmediate(() => {
      const group = this.#next();
      void this.#send(group).catch((error: unknown) => { for (const call of group) call.reject(error); }).then(() => {
        this.#busy = false;
        this.#soon();
      });
    });
  }

  #next(): Call[] {
    let length = 0;
    const end = this.#calls.findIndex((call, at) => (length += call.length) > MOST_CHARACTERS && at > 0);
    return this.#calls.splice(0, end === -1 ? this.#calls.length : end);
  }

  /** Routes by the topology known, and again if that is no longer the one there is. */
  async #send(group: Call[]): Promise<void> {
    const { database, topologies, published } = this.#options;
    for (let topology = await topologies.known(); ; topology = await topologies.read()) {
      const routed = group.map((call) => ({ call, outcome: copiesOf(call.tasks, topology) }));
      const copies = routed.flatMap(({ outcome }) => ('copies' in outcome ? outcome.copies : []));
      const [row] = await database.rows<{ published: boolean }>(PUBLISH, [
        topology.version, copies.map(({ id }) => id), `[${copies.map(({ line }) => line).join(',')}]`,
      ]);
      if (!row?.published) continue;
      for (const { call, outcome } of routed) {
        if ('copies' in outcome) call.resolve();
        else call.reject(outcome.error);
      }
      published(new Set(copies.map(({ queue }) => queue)));
      return;
    }
  }
}

function copiesOf(tasks: Encoded[], topology: StoredTopology): { copies: Copy[] } | { error: unknown } {
  try {
    const copies = tasks.flatMap(({ exchange, routingKey, line }) =>
      queuesFor(topology, exchange, routingKey).map((queue) => ({ queue, id: queueOf(topology, queue).id, line })));
    return { copies };
  } catch (error) {
    return { error };
  }
}
