import type { Client } from '@tradewind/client/client.ts';
import { expectStatus } from './register.ts';

/** Orders that the platform has settled in all, confirmed or cancelled, with their saga ended. */
export async function settledCount(client: Client): Promise<number> {
  const reply = await client.send({ method: 'GET', path: '/history/counts' });
  expectStatus(reply, [200]);
  return (reply.body as { sagas: { ended?: number } }).sagas.ended ?? 0;
}
