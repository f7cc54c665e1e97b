import { startPlatform } from '@tradewind/embedded/platform.ts';
import { serveSubject } from './subject.ts';

/** The whole platform in this process, on the data folder it is given. */
const [, , data = ''] = process.argv;
const platform = await startPlatform({ port: 0, data, say: () => undefined, logLevel: 'error' });
await serveSubject({ origin: platform.origin, token: await platform.token({ operator: 'bench' }) }, {
  async check() {
    const verdict = await platform.verdict();
    return verdict.holds ? [] : [JSON.stringify(verdict)];
  },
  stop: () => platform.stop(),
});
