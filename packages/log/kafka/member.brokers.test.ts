import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { sharedServers } from '../../../test/brokers/servers.ts';
import { gate, message, messages, number, until } from '../contract/harness.ts';
import { partitionOf } from '../partition.ts';
import type { Log } from '../port.ts';
import { openKafkaLog, type KafkaLogOptions } from './log.ts';

const SESSION_MS = 1_500;
const keyOf = (partition: number): string => Array.from({ length: 50 }, (_, n) => `key-${n}`).find((key) => partitionOf(key, 2) === partition)!;

for (const client of ['kafkajs', 'platformatic'] as const)
  describe(`a member of a group on Kafka through ${client}`, () => {
    const logs: Log[] = [];
    afterEach(async () => {
      await Promise.all(logs.splice(0).map((each) => each.close()));
    });

    async function open(options: Partial<KafkaLogOptions> = {}): Promise<Log> {
      const log = await openKafkaLog({ brokers: sharedServers().kafka, client, clientId: 'member', clock: systemClock, random: systemRandom, sessionMs: SESSION_MS, ...options });
      logs.push(log);
      return log;
    }
    const named = (what: string) => `${what}-${client}-${systemRandom.id()}`;

    test('a handler may take longer than the session: the partition stays, and the batch comes once', async () => {
      const [log, other] = [await open(), await open()];
      const name = named('long');
      await log.ensureTopics([{ name, partitions: 1 }]);
      await log.publish(name, messages(3));
      const batches: number[][] = [];
      const take = async (batch: { envelope: { data: unknown } }[]) => {
        batches.push(batch.map((each) => (each.envelope.data as { n: number }).n));
        await new Promise((resolve) => setTimeout(resolve, SESSION_MS * 2));
      };
      await log.subscribe({ group: name, topics: [name] }, take);
      await until('it began', () => batches.length > 0);
      await other.subscribe({ group: name, topics: [name] }, take);
      await until('it is committed', async () => (await log.lag(name))[0]?.committed === 3);
      expect(batches).toEqual([[0, 1, 2]]);
    });

    test('while one partition is finished for another member, the one that stays is read on', async () => {
      const [log, other] = [await open(), await open()];
      const name = named('kept');
      await log.ensureTopics([{ name, partitions: 2 }]);
      const finish = [gate(), gate()];
      const seen: number[] = [];
      const first = await log.subscribe({ group: name, topics: [name], batch: 1 }, async (batch) => {
        if (number(batch[0]!) < 2) await finish[batch[0]!.partition]!.opened;
        seen.push(...batch.map(number));
      });
      await log.publish(name, [message(keyOf(0), 0), message(keyOf(1), 1)]);
      await until('it has both', () => first.assigned().length === 2);
      const second = await other.subscribe({ group: name, topics: [name] }, async (batch) => { seen.push(...batch.map(number)); });
      await until('it gives one up', () => first.assigned().length === 1);
      const [kept] = first.assigned();
      finish[kept!.partition]!.open();
      await log.publish(name, [message(keyOf(kept!.partition), 2)]);
      await until('the one that stays went on', () => seen.includes(2));
      expect(second.assigned()).toEqual([]);
      finish[1 - kept!.partition]!.open();
      await until('the other has its own', () => second.assigned().length === 1);
      await until('all is committed', async () => (await log.lag(name)).every(({ committed, next }) => committed === next));
      expect(seen.sort()).toEqual([0, 1, 2]);
    });

    test('a batch that takes longer than the others wait loses its partition, and its commit does not count', async () => {
      const codes: unknown[] = [];
      const logger = { warn: (about: { code?: string }) => void codes.push(about.code) };
      const [log, other] = [await open({ rebalanceMs: 1_000, logger: logger as never }), await open()];
      const name = named('stuck');
      await log.ensureTopics([{ name, partitions: 2 }]);
      await log.publish(name, [message(keyOf(0), 0), message(keyOf(1), 1)]);
      const finish = gate();
      const begun: number[] = [];
      await log.subscribe({ group: name, topics: [name] }, async (batch) => {
        begun.push(...batch.map(number));
        await finish.opened;
      });
      await until('both are in hand', () => begun.length === 2);
      const seen: number[] = [];
      await other.subscribe({ group: name, topics: [name] }, async (batch) => { seen.push(...batch.map(number)); });
      await until('the other took over', () => seen.length > 0);
      await other.publish(name, [message(keyOf(seen[0]!), 2)]);
      const committed = async () => (await log.lag(name)).find(({ partition }) => partition === seen[0])?.committed;
      await until('the other went on', async () => await committed() === 2);
      finish.open();
      await until('the one that stayed is committed', async () => (await log.lag(name)).every(({ committed: at, next }) => at === next));
      expect(codes).toContain('lease-lost');
      expect([seen, await committed()]).toEqual([[seen[0], 2], 2]);
    });

    test('one that stops while it is becoming a member leaves nobody behind that the group waits for', async () => {
      const [log, hasty, other] = [await open(), await open({ sessionMs: 60_000 }), await open()];
      const name = named('ghost');
      await log.ensureTopics([{ name, partitions: 2 }]);
      const first = await log.subscribe({ group: name, topics: [name] }, async () => undefined);
      await until('it has both', () => first.assigned().length === 2);
      for (let ms = 0; ms < 40; ms += 1) {
        const member = await hasty.subscribe({ group: name, topics: [name] }, async () => undefined);
        await systemClock.sleep(ms);
        await member.stop();
      }
      const second = await other.subscribe({ group: name, topics: [name] }, async () => undefined);
      await until('the group has shared out anew', () => second.assigned().length === 1);
    });

    test('one that stops before it ever joined is no member', async () => {
      const log = await open();
      const name = named('hasty');
      await log.ensureTopics([{ name, partitions: 1 }]);
      const member = await log.subscribe({ group: name, topics: [name] }, async () => undefined);
      await member.stop();
      await log.seek(name, name, 'beginning');
    });
  });
