import { sharedServers } from './servers.ts';

/** Part of a RabbitMQ that no other test uses. */
export interface Vhost { url: string; management: string; drop(): Promise<void> }

let vhosts = 0;

/** @param server default the one that all tests share. */
export async function freshVhost(server: { url: string; management: string } = sharedServers().rabbit): Promise<Vhost> {
  const name = `test-${process.pid}-${Date.now().toString(36)}-${(vhosts += 1)}`;
  const ask = async (method: string, path: string, body?: unknown): Promise<void> => {
    const { username, password } = new URL(server.url);
    const response = await fetch(`${server.management}/api/${path}`, {
      method, headers: { 'authorization': `Basic ${btoa(`${username}:${password}`)}`, 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  await ask('PUT', `vhosts/${name}`);
  await ask('PUT', `permissions/${name}/guest`, { configure: '.*', write: '.*', read: '.*' });
  return { url: `${server.url}/${name}`, management: server.management, drop: () => ask('DELETE', `vhosts/${name}`) };
}
