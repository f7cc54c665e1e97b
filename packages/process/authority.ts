import { readFileSync } from 'node:fs';
import { configErrors } from '@tradewind/chassis/config.ts';

/**
 * The certificate of an authority.
 * @param variable that names the file, for the message.
 * @returns PEM text; undefined without a file.
 * @throws CodedError `config-invalid`
 */
export function readAuthority(variable: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw configErrors.error('config-invalid', `${variable}: ${file} cannot be read`, { cause });
  }
}
