import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * Looks before anything is started whether a port may be listened on.
 * @throws Error in one line for a user.
 */
export async function portIsFree(port: number): Promise<void> {
  const probe = createServer();
  try {
    await once(probe.listen(port, '127.0.0.1'), 'listening');
  } catch {
    throw new Error(`port ${port} cannot be listened on, since another program does or since it is reserved; choose another with PORT=`);
  }
  probe.close();
  await once(probe, 'close');
}

/** Ports that nobody had a moment ago, each another. */
export async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer());
  await Promise.all(probes.map((probe) => once(probe.listen(0, '127.0.0.1'), 'listening')));
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
  return ports;
}
