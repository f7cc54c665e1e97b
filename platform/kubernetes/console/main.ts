import { bundle } from '@tradewind/console/bundle.ts';
import { mountConsole } from '@tradewind/console/mount.ts';
import { runService } from '@tradewind/process/run.ts';
import { issuerOf } from '../identity.ts';
import { reachOf } from '../reach.ts';
import { config } from './config.ts';
import { mountGateway } from './gateway.ts';
import { consoleService, KEYS } from './service.ts';

const files = await bundle();

await runService({
  name: 'console', config,
  open: async ({ GATEWAY_URL: gateway }) => consoleService({ reach: reachOf(process.env), issuer: await issuerOf(process.env), gateway }),
  mounts: ({ GATEWAY_URL: gateway }, { sources }) => (app) => {
    mountConsole(app, files, sources);
    mountGateway(app, gateway, (path) => path === KEYS || path.startsWith('/health/'));
  },
}, process.env);
