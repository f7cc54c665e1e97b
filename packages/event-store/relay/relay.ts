import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Running } from '@tradewind/chassis/service.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import type { Registry } from 'prom-client';
import type { Outbox } from '../outbox.ts';
import { LaneRelay, type LaneSettings } from './lane.ts';
import { relayMetrics } from './metrics.ts';
import { toLog, toTasks } from './send.ts';

export interface RelayOptions {
  /** Of the database; each lane is woken on its `outboxChannel`. */
  name: string;
  outbox: Outbox;
  log: Pick<Log, 'publish'>;
  tasks: Pick<Tasks, 'publish'>;
  wakeup: Wakeup;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Registry;
  settings?: Partial<LaneSettings>;
}

const DEFAULTS: LaneSettings = { ttlMs: 2_000, pollMs: 200, paceMs: 6, batch: 500, trailMs: 2_000, fullScanMs: 10_000 };

/**
 * Publishes outbox rows, then deletes them: at least once each, the rows of a key in their order. Log and
 * tasks have a loop each, so that the outage of one broker does not stop the other. Of several relays on one
 * database, one leads each lane at a time.
 */
export function startRelay({ log, tasks, settings, ...options }: RelayOptions): Running {
  const holder = options.random.id();
  const published = relayMetrics(options);
  const common = { ...options, holder, published, settings: { ...DEFAULTS, ...settings } };
  const lanes = [
    new LaneRelay({ ...common, lane: 'log', send: toLog(log) }),
    new LaneRelay({ ...common, lane: 'tasks', send: toTasks(tasks) }),
  ];
  for (const lane of lanes) lane.start();
  return {
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}
