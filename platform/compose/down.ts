import { composeConfig } from './config.ts';
import { composeDown } from './servers/docker.ts';

/** `make down-compose`: exit 0 containers, network and volumes are gone, 2 they could not be removed. */
try {
  const { project: name } = composeConfig(process.env);
  await composeDown({ name }, { volumes: true });
  process.stderr.write(`Kafka, RabbitMQ and PostgreSQL of project ${name} are gone, with their data.\n`);
} catch (error) {
  process.stderr.write(`tradewind: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
