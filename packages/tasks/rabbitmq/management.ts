import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { tasksErrors } from '../port.ts';
import { unavailable } from './failure.ts';
import type { Server } from './server.ts';

/** A queue as the management API lists it. Its figures are from the queue's last tick (5 s, unless the server is set otherwise). */
export interface ListedQueue {
  name: string;
  arguments: Record<string, unknown>;
  messages_ready?: number;
  messages_unacknowledged?: number;
}

/** The management API, for what AMQP cannot tell: which queues there are, and what others have in hand. */
export class Management {
  readonly #origin: URL;
  readonly #server: Server;
  readonly #patienceMs: number;

  /** @param origin as `https://host:15671` @throws TypeError when it is no URL */
  constructor(origin: string, server: Server, patienceMs: number) {
    this.#origin = new URL(origin);
    this.#server = server;
    this.#patienceMs = patienceMs;
  }

  /** @throws CodedError `tasks-unavailable` · `tasks-credentials-refused` · `tasks-forbidden` */
  async queues(): Promise<ListedQueue[]> {
    // Without the statistics, which a server may not collect; the totals are the queues' own.
    return JSON.parse(await this.#get(`/api/queues/${encodeURIComponent(this.#server.vhost)}?disable_stats=true&enable_queue_totals=true`)) as ListedQueue[];
  }

  async #get(path: string): Promise<string> {
    const { user, password, ca } = this.#server;
    const send = this.#origin.protocol === 'https:' ? secureRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const request = send(new URL(path, this.#origin), { auth: `${user}:${password}`, timeout: this.#patienceMs, ...(ca !== undefined && { ca }) }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', (error) => reject(unavailable('the management API broke off', error)));
        response.on('end', () => (response.statusCode === 200 ? resolve(Buffer.concat(parts).toString()) : reject(refused(response.statusCode))));
      });
      request.on('timeout', () => request.destroy(new Error(`no answer within ${this.#patienceMs} ms`)));
      request.on('error', (error) => reject(unavailable(`the management API does not answer: ${error.message}`, error)));
      request.end();
    });
  }
}

function refused(status: number | undefined): Error {
  if (status === 401) return tasksErrors.error('tasks-credentials-refused', 'the management API refuses the user or its password, or the user has no tag for it');
  if (status === 403) return tasksErrors.error('tasks-forbidden', 'the management API refuses this user');
  return unavailable(`the management API answers ${status ?? 'nothing'}`);
}
