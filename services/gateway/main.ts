import { readFileSync } from 'node:fs';
import { configErrors } from '@tradewind/chassis/config.ts';
import { joseTokens, type JoseTokensOptions } from '@tradewind/chassis/jose/tokens.ts';
import { openPeers } from '@tradewind/process/peers.ts';
import { needed } from '@tradewind/process/config.ts';
import { runService } from '@tradewind/process/run.ts';
import { config } from './config.ts';
import { mountConsoleAt } from './express/console.ts';
import { mountDocs } from './express/docs.ts';
import { gateway } from './service.ts';

await runService({
  name: 'gateway', config,
  async open(settings, host) {
    const { clock } = host.world;
    const tokens = joseTokens({ keys: keysOf(settings), issuer: settings.TOKENS_ISSUER, audience: settings.TOKENS_AUDIENCE, clock });
    return gateway({ http: await openPeers(settings, host), tokens }, host.world, {
      patience: settings.DEADLINE_MS, inFlight: settings.IN_FLIGHT,
      rate: { perSecond: settings.RATE_PER_SECOND, burst: settings.RATE_BURST, callers: 10_000 },
    });
  },
  mounts: ({ CONSOLE_URL }) => (app) => {
    mountDocs(app);
    if (CONSOLE_URL) mountConsoleAt(app, CONSOLE_URL);
  },
}, process.env);

function keysOf(settings: { TOKENS_JWKS_URL?: string | undefined; TOKENS_JWKS_FILE?: string | undefined }): JoseTokensOptions['keys'] {
  if (settings.TOKENS_JWKS_URL) return { url: settings.TOKENS_JWKS_URL };
  const file = needed(settings, 'TOKENS_JWKS_FILE');
  try {
    return { jwks: JSON.parse(readFileSync(file, 'utf8')) as { keys: object[] } };
  } catch (cause) {
    throw configErrors.error('config-invalid', `TOKENS_JWKS_FILE: ${file} is no readable JSON`, { cause });
  }
}
