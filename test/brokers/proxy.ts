import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

/** A network between a client and a server that can be cut: nothing passes, and nobody is told. */
export interface Proxy {
  port: number;
  cut(): void;
  /** What was sent meanwhile arrives. */
  heal(): void;
  close(): Promise<void>;
}

/** @param target where each connection leads; asked for as each begins. */
export async function startProxy(target: () => NetConnectOpts, port = 0): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let cut = false;
  const server = createServer((near) => {
    const far = connect(target());
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.on('data', (chunk) => to.write(chunk)).on('end', () => to.end()).on('error', () => to.destroy()).on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (cut) from.pause();
    }
  });
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut() {
      cut = true;
      for (const socket of sockets) socket.pause();
    },
    heal() {
      cut = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
