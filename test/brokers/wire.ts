import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between clients and a server. */
export interface Wire {
  /** The server's URL, by way of this. */
  url: string;
  /** Ends all connections. */
  cut(): void;
  /** Connections stay, and nothing comes through in either direction. */
  hold(): void;
  /** What was held goes on its way. */
  release(): void;
  close(): Promise<void>;
}

export async function wireTo(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const pairs = new Set<[Socket, Socket]>();
  let held = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    client.pipe(upstream);
    upstream.pipe(client);
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      socket.on('error', end).on('close', end);
      if (held) socket.pause();
    }
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cut = (): void => { for (const pair of pairs) for (const socket of pair) socket.destroy(); };
  const each = (act: (socket: Socket) => void): void => { for (const pair of pairs) for (const socket of pair) act(socket); };
  return {
    url: through.href, cut,
    hold() {
      held = true;
      each((socket) => void socket.pause());
    },
    release() {
      held = false;
      each((socket) => void socket.resume());
    },
    close: () => {
      cut();
      return new Promise((resolve) => { server.close(() => resolve()); });
    },
  };
}
