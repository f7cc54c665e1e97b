import { startPostgres, type PostgresOptions, type PostgresServer } from './server.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that is started again, on the same port, whenever it dies. */
export interface Supervised {
  url(database: string): string;
  createDatabases(names: string[]): Promise<void>;
  /** Pid of the server of the moment. */
  pid(): number;
  /** Times it was started again. */
  restarts(): number;
  stop(): Promise<void>;
}

/** Starts PostgreSQL and keeps it up. */
export async function supervisePostgres(options: PostgresOptions): Promise<Supervised> {
  let server = await startPostgres(options);
  const { port } = server;
  let restarts = 0;
  let stopped = false;
  const keepUp = async (watched: PostgresServer): Promise<void> => {
    const how = await watched.died;
    if (stopped) return;
    options.say(`PostgreSQL died (${how}): starting it again`);
    server = await restart({ ...options, port }, () => stopped);
    restarts += 1;
    if (stopped) await server.stop();
    void keepUp(server);
  };
  void keepUp(server);
  return {
    url: (database) => server.url(database),
    createDatabases: (names) => server.createDatabases(names),
    pid: () => server.pid,
    restarts: () => restarts,
    async stop() {
      stopped = true;
      await server.stop();
    },
  };
}

async function restart(options: PostgresOptions, stopped: () => boolean): Promise<PostgresServer> {
  for (;;) {
    try {
      return await startPostgres(options);
    } catch (error) {
      if (stopped()) throw error;
      options.say(`PostgreSQL does not start yet: ${error instanceof Error ? error.message : String(error)}`);
      await sleep(500);
    }
  }
}
