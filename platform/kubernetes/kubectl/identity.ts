import { issuerOfPem, type LocalIssuer } from '@tradewind/chassis/jose/issuer.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { identity } from '@tradewind/embedded/identity.ts';
import { kubectlJson, type Cluster } from '../kubectl.ts';

interface Secret { data?: Record<string, string> }

/** The platform's token issuer, by the key that its Secret `identity` holds. @throws Error in one line */
export async function issuerIn(cluster: Cluster): Promise<LocalIssuer> {
  const { data = {} } = await kubectlJson<Secret>(cluster, ['get', 'secret', 'identity']);
  const text = (key: string) => data[key] === undefined ? undefined : Buffer.from(data[key], 'base64').toString();
  return issuerOfPem(text('private.pem') ?? '', { issuer: text('issuer') ?? identity.issuer, audience: text('audience') ?? identity.audience, clock });
}
