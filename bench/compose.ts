import path from 'node:path';
import type { Benchmark } from './benchmarks.ts';
import { limits, rows, type Sides } from './embedded/figures.ts';
import { PEERS } from './embedded/peers.ts';
import { inTurns } from './embedded/turns.ts';

const OURS = 'Tradewind, compose';
const program = (file: string) => path.join(import.meta.dirname, file);
const PROGRAMS = { [OURS]: program('compose/tradewind.ts'), 'Tradewind, embedded': program('embedded/tradewind.ts'), ...PEERS };
const WINDOW = 80;
const FULL = { runs: 3, products: 1_000, customers: 500, window: WINDOW, warmUpMs: 8_000, measureMs: 15_000 };
const SHORT = { runs: 1, products: 100, customers: 30, window: WINDOW, warmUpMs: 1_000, measureMs: 2_000 };

/** The order saga with each service a process, on Kafka and RabbitMQ, beside one process and beside engines that others made. */
export const compose: Benchmark = async ({ short, say }) => {
  const options = short ? SHORT : FULL;
  const { [OURS]: ours = [], ...peers } = Object.fromEntries(await inTurns({ ...options, programs: PROGRAMS, say }));
  const sides: Sides = { ours, peers: new Map(Object.entries(peers)) };
  return { title: 'The order saga in the compose topology', method, runs: options.runs, limits: limits(sides), rows: rows(sides, {}) };
};

const method = `As in the embedded topology: the same workload, ${WINDOW} orders unsettled at any time, sides in turns, books checked after each run. `
  + 'Compose is seven processes, Kafka, RabbitMQ and PostgreSQL in containers with TLS, users and permissions, all on this machine; '
  + 'its CPU and memory are those of the processes and of the containers. Latencies include both brokers.';
