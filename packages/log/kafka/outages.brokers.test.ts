import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Connection, incrementalAlterConfigsV1 } from '@platformatic/kafka';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { startKafka, type KafkaServer } from '../../../test/brokers/containers.ts';
import { everything, messages, number, until } from '../contract/harness.ts';
import type { Log, LogRecord, Message, Position } from '../port.ts';
import { openKafkaLog, type KafkaLogOptions } from './log.ts';

const DATA = '/tmp/tradewind-kafka';
const SESSION_MS = 1_500;

for (const client of ['kafkajs', 'platformatic'] as const)
  describe(`when the broker fails, the log on Kafka through ${client}`, () => {
    let server: KafkaServer | undefined;
    const logs: Log[] = [];
    const warnings: string[] = [];
    const logger = { warn: (about: { code?: string }, text: string) => void warnings.push(`${about.code ?? ''} ${text}`), error: (_: object, text: string) => void warnings.push(text) };
    beforeAll(async () => {
      server = await startKafka({ 'log.dirs': DATA, 'producer.id.expiration.check.interval.ms': '100' });
    });
    afterAll(async () => {
      await Promise.all(logs.map((each) => each.close()));
      await server?.remove();
    });

    const broker = (): KafkaServer => {
      if (!server) throw new Error('the server did not start');
      return server;
    };
    async function open(options: Partial<KafkaLogOptions> = {}): Promise<Log> {
      const log = await openKafkaLog({
        brokers: broker().brokers, client, clientId: 'outages', clock: systemClock, random: systemRandom, sessionMs: SESSION_MS, deliveryMs: 90_000,
        logger: logger as never, ...options,
      });
      logs.push(log);
      return log;
    }

    test('a thousand publishes across a restart get a position each, and each holds its own message', async () => {
      const log = await open();
      await log.ensureTopics([{ name: 'restarted', partitions: 4 }]);
      const sent = messages(1_000, { keys: 50 });
      const restarting = after(300, () => broker().restart());
      const positions = await publishOneByOne(log, 'restarted', sent);
      await restarting;
      await expectEach(log, 'restarted', sent, positions);
    });

    test('a broker that lost the end of its log, and with it what it knew of the producer, takes what comes next', async () => {
      const log = await open();
      await log.ensureTopics([{ name: 'shortened', partitions: 1 }]);
      await log.publish('shortened', messages(10, { keys: 3 }));
      const file = `${DATA}/shortened-0/00000000000000000000.log`;
      const size = await broker().exec('stat', '-c', '%s', file);
      await log.publish('shortened', messages(10, { first: 10, keys: 3 }));
      await broker().exec('truncate', '-s', size, file);
      await broker().restart();

      const sent = messages(1_000, { first: 20, keys: 3 });
      const positions = await publishOneByOne(log, 'shortened', sent);
      expect(warnings.some((each) => each.includes('does not know this producer'))).toBe(true);
      await expectEach(log, 'shortened', sent, positions);
      expect((await everything(log, 'shortened')).map(number).slice(0, 10)).toEqual([...Array(10).keys()]);
    });

    test('a producer that the broker forgot while it was idle publishes on', async () => {
      const log = await open();
      await log.ensureTopics([{ name: 'idle', partitions: 2 }]);
      await forgetProducersAfter(500, broker());
      const sent = messages(30, { keys: 6 });
      const positions = await log.publish('idle', sent.slice(0, 10));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      positions.push(...await publishOneByOne(log, 'idle', sent.slice(10, 20)));
      await broker().restart();
      positions.push(...await publishOneByOne(log, 'idle', sent.slice(20)));
      await expectEach(log, 'idle', sent, positions);
    });

    test('members work on when a broker was killed and comes back, and nothing is lost', async () => {
      const log = await open();
      await log.ensureTopics([{ name: 'worked', partitions: 4 }]);
      const seen: LogRecord[] = [];
      const take = async (batch: LogRecord[]) => { seen.push(...batch); };
      const members = await Promise.all([log, await open()].map((each) => each.subscribe({ group: 'workers', topics: ['worked'] }, take)));
      await until('each has two', () => members.every((each) => each.assigned().length === 2));
      await log.publish('worked', messages(500));
      await until('some came', () => seen.length > 0);
      await broker().kill();
      const publishing = publishOneByOne(log, 'worked', messages(500, { first: 500 }));
      await broker().start();
      await publishing;
      await until('all came', () => new Set(seen.map(number)).size === 1_000, 60_000);
      await until('all is committed', async () => (await log.lag('workers')).every(({ committed, next }) => committed === next));
      expect(warnings.filter((each) => each.includes('no record at this position'))).toEqual([]);
      await until('each has two again', () => members.every((each) => each.assigned().length === 2));
      expectOrder(await everything(log, 'worked'));
      expectOrder(seen);
      await Promise.all(members.map((each) => each.stop()));
    });

    test('what was given up while the broker was away is written when it is published again, and not taken for what it wrote before', async () => {
      const hasty = await open({ deliveryMs: 1_000, tryMs: 1_000 });
      await hasty.ensureTopics([{ name: 'given-up', partitions: 1 }]);
      await hasty.publish('given-up', messages(1));
      await broker().kill();
      await expect(hasty.publish('given-up', messages(1, { first: 1 }))).rejects.toMatchObject({ code: 'log-unavailable' });
      await broker().start();
      let positions: Position[] = [];
      await until('it is taken', () => hasty.publish('given-up', messages(1, { first: 1 })).then((given) => (positions = given).length === 1, () => false), 60_000);
      const there = await everything(hasty, 'given-up');
      expect(there.map(number)).toEqual([0, ...there.slice(1).map(() => 1)]);
      expect(there.find(({ offset }) => offset === positions[0]?.offset)).toMatchObject({ envelope: { id: 'key-1-1' } });
    });

    test('a broker that stands still for longer than the session loses nothing; publishing says so when it takes too long', async () => {
      const log = await open();
      const hasty = await open({ deliveryMs: 1_000, tryMs: 1_000 });
      await log.ensureTopics([{ name: 'stood', partitions: 2 }]);
      const seen: LogRecord[] = [];
      const member = await log.subscribe({ group: 'standing', topics: ['stood'] }, async (batch) => { seen.push(...batch); });
      await log.publish('stood', messages(100));
      await until('100 came', () => seen.length >= 100);
      await broker().pause();
      const publishing = publishOneByOne(log, 'stood', messages(100, { first: 100 }));
      await expect(hasty.publish('stood', messages(1, { first: 1_000 }))).rejects.toMatchObject({ code: 'log-unavailable', canRetry: true });
      await new Promise((resolve) => setTimeout(resolve, SESSION_MS * 2));
      await broker().unpause();
      await publishing;
      await until('all came', () => new Set(seen.map(number).filter((n) => n < 200)).size === 200, 60_000);
      await until('all is committed', async () => (await log.lag('standing')).every(({ committed, next }) => committed === next));
      expectOrder(seen.filter((each) => number(each) < 200));
      await member.stop();
    });
  });

test('a log whose brokers do not answer says so when it is opened', async () => {
  const opening = openKafkaLog({ brokers: ['127.0.0.1:1'], clientId: 'none', clock: systemClock, random: systemRandom, tryMs: 300 });
  await expect(opening).rejects.toMatchObject({ code: 'log-unavailable', canRetry: true });
});

async function after<Result>(ms: number, task: () => Promise<Result>): Promise<Result> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return task();
}

/** As many calls, one begun after another without waiting for it. */
async function publishOneByOne(log: Log, topic: string, sent: Message[]): Promise<Position[]> {
  const calls: Promise<Position[]>[] = [];
  for (const each of sent) {
    const call = log.publish(topic, [each]);
    call.catch(() => undefined);
    calls.push(call);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return (await Promise.all(calls)).flat();
}

/** Duplicates are allowed; a loss, a wrong position or another order of first occurrences is not. */
async function expectEach(log: Log, topic: string, sent: Message[], positions: Position[]): Promise<void> {
  const records = await everything(log, topic);
  const byPosition = new Map(records.map((record) => [`${record.partition}/${record.offset}`, record.envelope]));
  expect(new Set(positions.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(sent.length);
  expect(positions.map(({ partition, offset }) => byPosition.get(`${partition}/${offset}`))).toEqual(sent.map((each) => each.envelope));
  const numbers = new Set(sent.map((each) => (each.envelope.data as { n: number }).n));
  expectOrder(records.filter((each) => numbers.has(number(each))));
}

function expectOrder(records: LogRecord[]): void {
  const firsts = new Map<string, number[]>();
  for (const record of records) {
    const own = firsts.get(record.key) ?? [];
    if (!own.includes(number(record))) own.push(number(record));
    firsts.set(record.key, own);
  }
  for (const own of firsts.values()) expect(own).toEqual([...own].sort((a, b) => a - b));
}

async function forgetProducersAfter(ms: number, { brokers: [broker = ''] }: KafkaServer): Promise<void> {
  const [BROKER, EVERY_ONE, SET] = [4, '', 0] as const;
  const [host = '', port = ''] = broker.split(':');
  const connection = new Connection('operator');
  await connection.connect(host, Number(port));
  const configs = [{ name: 'producer.id.expiration.ms', configOperation: SET, value: String(ms) }];
  await incrementalAlterConfigsV1.api.async(connection, [{ resourceType: BROKER, resourceName: EVERY_ONE, configs }], false);
  await connection.close();
}
