import pg from 'pg';
import { processErrors } from '../errors.ts';

const CONNECT_WITHIN_MS = 5_000;

/** What the server says when no retry would help: who we are, which database, whether we may enter it. */
const REFUSALS = ['28', '3D', '42501'];
/** The same of its certificate, or of a file that ours is in. */
const UNTRUSTED = /CERT|SIGNED|VERIFY|^ERR_TLS|ENOENT|EACCES/;

/**
 * Looks whether a database can be entered with this URL.
 * @throws CodedError `server-refused` · `server-unreachable` (canRetry)
 */
export async function reach(url: string): Promise<void> {
  const place = placeOf(url);
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
    client.on('error', () => undefined);
    await client.connect();
    await client.end();
  } catch (cause) {
    const { code = '', message } = cause as { code?: string; message: string };
    const final = UNTRUSTED.test(code) || REFUSALS.some((refusal) => code.startsWith(refusal));
    throw processErrors.error(final ? 'server-refused' : 'server-unreachable', `PostgreSQL, ${place}: ${message || code || 'no connection'}`, { cause });
  }
}

/** Without the password. */
function placeOf(url: string): string {
  const { username, host, pathname } = new URL(url);
  return `database ${pathname.slice(1)} at ${host} as ${username}`;
}
