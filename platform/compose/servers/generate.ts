import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '@tradewind/embedded/write-whole.ts';
import { openPasswords, type Passwords } from './accounts.ts';
import { openAuthority, openServer } from './certificates.ts';
import { kafkaEnvironment } from './kafka.ts';
import { postgresScript } from './postgres.ts';
import { rabbitDefinitions } from './rabbitmq.ts';

/** What `compose.yaml` and the services need of a folder. */
export interface Generated {
  passwords: Passwords;
  /** Certificate of the authority. */
  caFile: string;
}

const HERE = ['localhost', '127.0.0.1'];

/**
 * Fills a folder with certificates, passwords and users of the servers. What is there and still good is kept, byte by byte.
 * Files are readable to the servers' own users, whoever they are in their containers; the folder is its owner's only.
 */
export async function generate(folder: string, now: number): Promise<Generated> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const place = { folder, now };
  const passwords = openPasswords(folder);
  const authority = await openAuthority(place);
  for (const name of ['rabbitmq', 'postgres'] as const) await openServer(place, name, { authority, hosts: [name, ...HERE] });
  const kafka = await openServer(place, 'kafka', { authority, hosts: ['kafka', ...HERE] });
  const files = {
    'kafka-keystore.pem': kafka.key + kafka.certificate,
    'kafka.env': kafkaEnvironment(passwords),
    'definitions.json': `${JSON.stringify(rabbitDefinitions(passwords), null, 2)}\n`,
    'databases.sql': postgresScript(passwords),
    'postgres-password': `${passwords('postgres', 'admin')}\n`,
  };
  for (const [name, text] of Object.entries(files)) keep(path.join(folder, name), text);
  return { passwords, caFile: path.join(folder, 'ca.pem') };
}

/** A file that says so already is not touched: containers would have to be made anew. */
function keep(file: string, text: string): void {
  try {
    if (readFileSync(file, 'utf8') === text) return;
  } catch {
    // It is not there yet.
  }
  writeWhole(file, text, 0o644);
}
