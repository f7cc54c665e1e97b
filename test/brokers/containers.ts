import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { freePorts } from '@tradewind/embedded/port.ts';

const execute = promisify(execFile);

/** The images that compose.yaml names. */
const KAFKA = 'apache/kafka:4.1.1';
const RABBITMQ = 'rabbitmq:4-management';
const READY_WITHIN_MS = 90_000;

/** A server in a container of ours. Its ports stay the same when it is started again. */
export interface Container {
  id: string;
  /** `docker kill`. @param signal default KILL */
  kill(signal?: string): Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** Killed and started; resolves when it answers. */
  restart(): Promise<void>;
  /** All its processes stand still, its connections open. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Runs a command in it. @returns what it printed. */
  exec(...command: string[]): Promise<string>;
  remove(): Promise<void>;
}

export interface KafkaServer extends Container {
  brokers: string[];
  /** Port of this machine that leads to the listener for clients behind a proxy. */
  proxied: number;
}
export interface RabbitServer extends Container {
  /** As guest, an administrator. */
  url: string;
  /** Origin of the management API. */
  management: string;
}

async function logs(id: string, ...options: string[]): Promise<string> {
  const { stdout, stderr } = await execute('docker', ['logs', ...options, id], { maxBuffer: 64_000_000 });
  return stdout + stderr;
}

/**
 * One broker, empty, without users.
 * @param settings of the server, as `group.min.session.timeout.ms`.
 * @param options of `docker run`
 * @param through a port of this machine by which clients reach it that begin at `proxied`: a proxy stands there.
 */
export async function startKafka(settings: Record<string, string> = {}, options: string[] = [], through?: number): Promise<KafkaServer> {
  const [port = 0, proxied = 0] = await freePorts(2);
  const all = { ...listeners(port, through), 'group.min.session.timeout.ms': '500', ...settings };
  const variables = Object.entries(all).flatMap(([key, value]) => ['-e', `KAFKA_${key.replaceAll('_', '___').replaceAll('-', '__').replaceAll('.', '_').toUpperCase()}=${value}`]);
  const server = await run(KAFKA, ['-p', `127.0.0.1:${port}:9092`, '-p', `127.0.0.1:${proxied}:9094`, ...options, ...variables], async (since, id) =>
    (await logs(id, '--since', since)).includes('Kafka Server started'));
  return { ...server, brokers: [`127.0.0.1:${port}`], proxied };
}

/** Settings of a Kafka to which users log in by name and password; `admin` is above all access lists, everyone else needs to be in one. */
export function withUsers(passwords: { admin: string } & Record<string, string>): Record<string, string> {
  const users = Object.entries(passwords).map(([name, password]) => `user_${name}="${password}"`).join(' ');
  return {
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN', 'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.plaintext.plain.sasl.jaas.config':
      `org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="${passwords.admin}" ${users};`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer', 'super.users': 'User:admin;User:ANONYMOUS',
  };
}

function listeners(port: number, through: number | undefined): Record<string, string> {
  const direct = `PLAINTEXT://127.0.0.1:${port}`;
  if (through === undefined) return { 'advertised.listeners': direct };
  return {
    'listeners': 'PLAINTEXT://:9092,CONTROLLER://:9093,PROXIED://:9094', 'advertised.listeners': `${direct},PROXIED://127.0.0.1:${through}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT',
  };
}

/** @param settings of the application `rabbit`, as `quorum_tick_interval`, in Erlang's notation. @param options of `docker run` */
export async function startRabbit(settings: Record<string, string | number> = {}, options: string[] = []): Promise<RabbitServer> {
  const [port = 0, management = 0] = await freePorts(2);
  const origin = `http://127.0.0.1:${management}`;
  const all = Object.entries(settings).map(([key, value]) => `-rabbit ${key} ${value}`).join(' ');
  const server = await run(RABBITMQ, [
    ...options, '-p', `127.0.0.1:${port}:5672`, '-p', `127.0.0.1:${management}:15672`, '--hostname', 'rabbit', '-e', `RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=${all}`,
  ], () => answers(origin));
  return { ...server, url: `amqp://guest:guest@127.0.0.1:${port}`, management: origin };
}

async function answers(origin: string): Promise<boolean> {
  const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` };
  const response = await fetch(`${origin}/api/health/checks/port-listener/5672`, { headers, signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return response?.ok === true;
}

async function run(image: string, options: string[], answering: (since: string, id: string) => Promise<boolean>): Promise<Container> {
  const began = new Date().toISOString();
  const id = await docker('run', '-d', '--label', 'tradewind.test', ...options, image);
  const untilReady = async (since: string): Promise<void> => {
    for (const end = Date.now() + READY_WITHIN_MS; !(await answering(since, id)); await sleep(100))
      if (Date.now() > end) throw new Error(`${image} does not answer: ${await logs(id, '--tail', '20')}`);
  };
  const start = async (): Promise<void> => {
    const since = new Date().toISOString();
    await docker('start', id);
    await untilReady(since);
  };
  const kill = async (signal = 'KILL'): Promise<void> => {
    await docker('kill', '--signal', signal, id);
    if (signal === 'KILL') await docker('wait', id);
  };
  const remove = async (): Promise<void> => void await docker('rm', '-f', '-v', id);
  try {
    await untilReady(began);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    id, kill, start, remove,
    async restart() {
      await kill();
      await start();
    },
    pause: async () => void await docker('pause', id),
    unpause: async () => void await docker('unpause', id),
    exec: (...words) => docker('exec', id, ...words),
  };
}
