import { execFileSync } from 'node:child_process';

const docker = (...args) => execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n').filter(Boolean);

/** Looks for Docker; what a run that is broken off leaves behind is removed when its process ends. */
export default function setUp() {
  docker('version');
  const mine = `name=tradewind-e2e-${process.pid}-`;
  const remove = () => {
    const kinds = { ps: ['rm', '--force', '--volumes'], network: ['network', 'rm'], volume: ['volume', 'rm'] };
    for (const [kind, how] of Object.entries(kinds)) {
      const list = kind === 'ps' ? ['ps', '--all'] : [kind, 'ls'];
      const left = docker(...list, '--quiet', '--filter', mine);
      if (left.length > 0) docker(...how, ...left);
    }
  };
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
}
