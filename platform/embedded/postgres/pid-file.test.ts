import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { orphanOf } from './pid-file.ts';

/** A process that looks like a server of `folder`, and a pid file in `named` that gives its number. */
async function served<T>(folder: string, named: string, look: () => T): Promise<T> {
  const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', '-D', folder], { argv0: 'postgres', stdio: 'ignore' });
  await once(server, 'spawn');
  writeFileSync(path.join(named, 'postmaster.pid'), `${server.pid}\n${named}\n`);
  try {
    return look();
  } finally {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
}

test.each([['its own', true], ["another folder's", false]])('a pid file whose number belongs to %s server: is an orphan %s', async (_, own) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pid-file-'));
  const pid = await served(own ? folder : '/elsewhere', folder, () => orphanOf(folder));
  expect(pid !== undefined).toBe(own);
  rmSync(folder, { recursive: true });
});
