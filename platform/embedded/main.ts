import { embeddedConfig } from './config.ts';
import { startPlatform } from './platform.ts';
import { untilSignal } from './signals.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);

// Listened for from the first: one that comes while PostgreSQL starts must not leave it behind.
const told = untilSignal();

try {
  const platform = await startPlatform({ ...embeddedConfig(process.env), say });
  say(`Tradewind is up: ${platform.origin}/console  (API documents at ${platform.origin}/docs, Ctrl-C stops)`);
  await told;
  await platform.stop();
} catch (error) {
  say(`tradewind: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(2);
}
