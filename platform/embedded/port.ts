import { once } from 'node:events';
import { createServer } from 'node:net';

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
