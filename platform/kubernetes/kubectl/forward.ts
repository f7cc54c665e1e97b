import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { complaint, kubectlProcess, type Cluster } from '../kubectl.ts';

const OPEN_WITHIN_MS = 15_000;
const AGAIN_MS = 250;

/** A port of this machine that leads to a service in the cluster. */
export interface Forward {
  /** As `http://127.0.0.1:40123`. */
  origin: string;
  close(): Promise<void>;
}

/**
 * Opens a port-forward to a service on a port that is free. It binds one pod: when that goes, it is opened again on the same port, to another.
 * @throws Error in one line
 */
export async function forward(cluster: Cluster, service: string, port: number): Promise<Forward> {
  let tunnel = await open(cluster, service, `:${port}`);
  let wanted = true;
  const { local } = tunnel;
  const kept = (async () => {
    for (;;) {
      await tunnel.ended;
      while (wanted) {
        const next = await open(cluster, service, `${local}:${port}`).catch(() => sleep(AGAIN_MS));
        if (!next) continue;
        tunnel = next;
        break;
      }
      if (!wanted) return tunnel.end();
    }
  })();
  return {
    origin: `http://127.0.0.1:${local}`,
    async close() {
      wanted = false;
      tunnel.end();
      await kept;
    },
  };
}

interface Tunnel { local: number; ended: Promise<unknown>; end(): void }

async function open(cluster: Cluster, service: string, ports: string): Promise<Tunnel> {
  const child = kubectlProcess(cluster, ['port-forward', '--address', '127.0.0.1', `service/${service}`, ports]);
  const ended = once(child, 'exit').catch(() => undefined);
  const end = () => void child.kill();
  const late = setTimeout(end, OPEN_WITHIN_MS);
  let said = '';
  child.stderr?.on('data', (part: Buffer) => { said += part.toString(); });
  const local = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (part: Buffer) => {
      text = (text + part.toString()).slice(-1_000);
      const found = /127\.0\.0\.1:(\d+) ->/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('error', (cause) => reject(new Error(complaint(cause, ''), { cause })));
    void ended.then(() => reject(new Error(complaint({ message: `no way to service/${service} within ${OPEN_WITHIN_MS} ms` }, said))));
  }).finally(() => clearTimeout(late));
  return { local, ended, end };
}
