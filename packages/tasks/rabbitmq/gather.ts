import type { ChannelModel } from 'amqplib';
import { Writable } from 'node:stream';

/**
 * The driver writes each frame by itself, and each would be a system call, a TLS record and a packet of its own. From now
 * on those of one turn of the event loop go together, but for its first.
 */
export function gatherFrames({ connection }: ChannelModel): void {
  const { stream } = connection as { stream?: unknown };
  if (!(stream instanceof Writable)) throw new Error('amqplib has no socket at connection.stream any more');
  gather(stream);
}

/** The first that is written to it in a turn goes at once, and what follows in the same turn together, at its end. */
export function gather(stream: Writable): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let turn: 'fresh' | 'written' | 'gathering' = 'fresh';
  const end = (): void => {
    if (turn === 'gathering') stream.uncork();
    turn = 'fresh';
  };
  stream.write = (...args: unknown[]): boolean => {
    if (turn === 'fresh') {
      turn = 'written';
      process.nextTick(end);
    } else if (turn === 'written') {
      turn = 'gathering';
      stream.cork();
    }
    return write(...args);
  };
}
