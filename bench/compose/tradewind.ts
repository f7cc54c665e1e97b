import { startCompose } from '@tradewind/compose/platform.ts';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { freeServerPorts } from '@tradewind/compose/servers/free-ports.ts';
import { serveSubject } from '../embedded/subject.ts';

/** The whole platform, each service a process of this one's, on servers in containers of its own, on the data folder it is given. */
const [, , data = ''] = process.argv;
const platform = await startCompose({
  port: 0, data, project: `tradewind-bench-${process.pid}`, ports: await freeServerPorts(), atEnd: 'remove-all',
  say: () => undefined, logLevel: 'error',
});
const servers = await Promise.all(platform.containers.map(async ({ id }) => Number(await docker('inspect', '--format', '{{.State.Pid}}', id))));
await serveSubject({ origin: platform.origin, token: await platform.token({ operator: 'bench' }), servers }, {
  async check() {
    const verdict = await platform.verdict();
    return verdict.holds ? [] : [JSON.stringify(verdict)];
  },
  stop: () => platform.stop(),
});
