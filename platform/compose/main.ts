import { untilSignal } from '@tradewind/embedded/signals.ts';
import { composeConfig } from './config.ts';
import { startCompose } from './platform.ts';

/** `make up-compose`: exit 0 it was told to stop, 2 it could not start. */
const say = (line: string) => void process.stderr.write(`${line}\n`);
const told = untilSignal();

try {
  const platform = await startCompose({ ...composeConfig(process.env), say });
  const { ports } = platform.project;
  say([
    `Tradewind is up: ${platform.origin}/console  (API documents at ${platform.origin}/docs, Ctrl-C stops the services)`,
    ...platform.services.map(({ name, url, admin, pid }) => `  ${name.padEnd(14)} ${url}   metrics ${admin}/metrics   pid ${pid}`),
    `  ${'RabbitMQ'.padEnd(14)} https://127.0.0.1:${ports.management}   user operator, password in ${platform.project.folder}/passwords.json`,
  ].join('\n'));
  await told;
  await platform.stop();
  say('The services have stopped. Kafka, RabbitMQ and PostgreSQL stay up for the next start; `make down-compose` removes them with their data.');
} catch (error) {
  say(`tradewind: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(2);
}
