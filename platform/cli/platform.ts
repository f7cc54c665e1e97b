import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Announcement } from '@tradewind/embedded/folder.ts';
import { alive } from '@tradewind/embedded/postgres/pid-file.ts';
import type { Command } from 'commander';
import { UserError, type Terminal } from './terminal.ts';

/** A platform that is running, and the folder its data is in. */
export type Platform = Announcement & { folder: string };

/**
 * The platform whose data folder `--data` or DATA names.
 * @throws UserError when none is running there.
 */
export function platformOf(command: Command, { env }: Terminal): Platform {
  const { data } = command.optsWithGlobals<{ data?: string }>();
  const folder = path.resolve(data ?? (env.DATA || '.tradewind'));
  const announced = announcement(path.join(folder, 'platform.json'));
  if (!announced || !alive(announced.pid))
    throw new UserError(`no platform is running on ${folder}; start one (make demo, make start, make up-compose) or name its folder with --data`);
  return { folder, ...announced };
}

function announcement(file: string): Announcement | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text) as Announcement;
  } catch {
    return undefined; // it is being written this moment
  }
}
