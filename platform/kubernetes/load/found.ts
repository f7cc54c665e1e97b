import { readConfig } from '@tradewind/chassis/config.ts';
import { foundAsText } from '@tradewind/load/attempts.ts';
import { findOrders } from '@tradewind/load/found.ts';
import { reachOf } from '../reach.ts';
import { config } from './config.ts';

/** Prints what the stores hold of a run (RUN). Exit 0 it did, 2 it could not. */
try {
  const { RUN } = readConfig(config.pick({ RUN: true }), process.env);
  process.stdout.write(`${foundAsText(await findOrders(reachOf(process.env).databases, RUN))}\n`);
} catch (error) {
  process.stderr.write(`found: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
