import { undiciHttp } from '@tradewind/chassis/http/undici/client.ts';
import type { Http } from '@tradewind/chassis/http/client.ts';
import { peerVariable } from './config.ts';
import type { Host } from './host.ts';

/** HTTP to the services whose origins the settings name. */
export function openPeers(config: object, host: Host): Promise<Http> {
  const origins = new Map(Object.entries(config));
  return host.open('HTTP', () => Promise.resolve(undiciHttp({
    clock: host.world.clock, random: host.world.random,
    resolve(service) {
      const known: unknown = origins.get(peerVariable(service));
      return Array.isArray(known) ? known.map(String) : undefined;
    },
  })));
}
