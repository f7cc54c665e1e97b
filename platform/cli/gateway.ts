import type { LocalIssuer } from '@tradewind/chassis/jose/issuer.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { identity } from '@tradewind/embedded/identity.ts';
import { gatewayOf } from '@tradewind/kubernetes/gateway.ts';
import type { Place } from './place.ts';

/** Where the public API is. */
export interface Gateway { origin: string; close(): Promise<void> }

/** Opens a way to the gateway. @throws Error in one line */
export async function openGateway(place: Place, env: NodeJS.ProcessEnv): Promise<Gateway> {
  if (place.type === 'folder') return { origin: place.platform.gateway, close: () => Promise.resolve() };
  if (place.type === 'environment') return { origin: gatewayOf(env), close: () => Promise.resolve() };
  const { forward } = await import('@tradewind/kubernetes/kubectl/forward.ts');
  return forward(place.cluster, 'gateway', 8080);
}

/** Who signs the platform's tokens. @throws Error in one line */
export async function openIssuer(place: Place, env: NodeJS.ProcessEnv): Promise<LocalIssuer> {
  switch (place.type) {
    case 'folder': {
      const { openLocalIssuer } = await import('@tradewind/chassis/jose/issuer.ts');
      return openLocalIssuer({ folder: place.platform.folder, ...identity, clock });
    }
    case 'environment': return (await import('@tradewind/kubernetes/identity.ts')).issuerOf(env);
    case 'kubernetes': return (await import('@tradewind/kubernetes/kubectl/identity.ts')).issuerIn(place.cluster);
  }
}
