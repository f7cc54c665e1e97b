import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { environmentOf, type Servers } from '@tradewind/compose/fleet/environment.ts';
import type { ComposePlatform } from '@tradewind/compose/platform.ts';
import { accessOf, serversOf } from '@tradewind/compose/servers/access.ts';
import { openPasswords, type Passwords, type User } from '@tradewind/compose/servers/accounts.ts';
import { serviceNames, type ServiceName } from '@tradewind/embedded/service-names.ts';
import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { openRabbitTasks } from '@tradewind/tasks/rabbitmq/tasks.ts';

/** The servers of a platform as its users reach them: for tests of what each may not do. */
export class Users {
  readonly #platform: ComposePlatform;
  readonly #opened: { close(): Promise<void> }[] = [];

  constructor(platform: ComposePlatform) {
    this.#platform = platform;
  }

  /** @param passwords default those that are right. @throws what the adapter throws */
  async log(user: User, passwords?: Passwords): Promise<Log> {
    const { caFile, kafka: { brokers, username, password } } = this.#access(passwords).brokers(user);
    return this.#keep(await openKafkaLog({
      brokers, clientId: 'test', tls: { ca: readFileSync(caFile, 'utf8') }, sasl: { mechanism: 'plain', username, password }, clock, random,
    }));
  }

  async tasks(user: User, passwords?: Passwords): Promise<Tasks> {
    const { caFile, rabbitmq: { url, management } } = this.#access(passwords).brokers(user);
    return this.#keep(await openRabbitTasks({ url, management, ca: readFileSync(caFile, 'utf8'), name: 'test', clock, random, patienceMs: 5_000 }));
  }

  /** What one more process of a service would be started with. @param change of the servers it is told of */
  environment(service: ServiceName, change: (servers: Extract<Servers, { type: 'servers' }>) => Servers): Record<string, string> {
    const { services, folder } = this.#platform;
    const servers = serversOf(this.#access(), this.#generated(), 'kafkajs');
    if (servers.type !== 'servers') throw new Error('the platform has no servers');
    const origins = Object.fromEntries(serviceNames.map((name) => [name, services.filter((each) => each.service === name).map(({ url }) => url)])) as Record<ServiceName, string[]>;
    return environmentOf(service, { port: 0, adminPort: 0 }, {
      servers: change(servers), origins, jwksFile: path.join(folder, 'jwks.json'), console: '', logLevel: 'warn',
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((each) => each.close()));
  }

  #keep<Opened extends { close(): Promise<void> }>(opened: Opened): Opened {
    this.#opened.push(opened);
    return opened;
  }

  #generated(passwords?: Passwords): { passwords: Passwords; caFile: string } {
    const { project: { folder } } = this.#platform;
    return { passwords: passwords ?? openPasswords(folder), caFile: path.join(folder, 'ca.pem') };
  }

  #access(passwords?: Passwords) {
    return accessOf(this.#generated(passwords), this.#platform.project.ports);
  }
}
