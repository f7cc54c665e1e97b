import { findOrders } from '@tradewind/load/found.ts';
import { reachOf } from '../reach.ts';

/** Prints what the stores hold of a run (RUN), as `Told` has it. Exit 0 it did, 2 it could not. */
try {
  const { placed, charged } = await findOrders(reachOf(process.env).databases, process.env.RUN ?? '');
  process.stdout.write(`${JSON.stringify({ placed: [...placed], charged: [...charged] })}\n`);
} catch (error) {
  process.stderr.write(`found: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
