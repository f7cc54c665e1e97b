import { memoryTasks, type MemoryTasks } from '@tradewind/tasks/memory/tasks.ts';
import { tasksErrors, type Delivery, type Task, type Tasks } from '@tradewind/tasks/port.ts';
import { handOver, viaOf } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { overtaking } from './overtaking.ts';
import { sent, told } from './tell.ts';

const op = operations('tasks', { reading: ['depths', 'deadLetters'], changing: ['declare', 'publish', 'consume', 'redrive', 'handle'] });

/** The work queues as a process has them: `connection` is what breaks when it dies. */
export function tasksVia(world: World, process: Process): { tasks: Tasks; connection: MemoryTasks } {
  const connection = memoryTasks({
    clock: process.steady, random: process.random, durable: world.durable.tasks, wakeup: world.hints.of(process), logger: world.logger,
  });
  const via = viaOf(process);
  const tasks: Tasks = {
    features: connection.features,
    declare: (topology) => via(op.declare, () => connection.declare(topology)),
    publish: (messages) => via(op.publish, () => publish(world, process, connection, messages), () => sent(messages)),
    consume: (queue, options, handle) => via(op.consume, () => connection.consume(queue, options, (delivery) => handOver(process, {
      operation: op.handle, work: () => handle(delivery), about: () => delivered(delivery),
      // The verdict does not reach the broker, which takes the consumer for dead and gives the task to anybody.
      unheard: async () => {
        connection.lose();
        return { type: 'done' };
      },
    })), () => queue),
    depths: () => via(op.depths, () => connection.depths()),
    deadLetters: (queue, limit) => via(op.deadLetters, () => connection.deadLetters(queue, limit)),
    redrive: (queue, ids) => via(op.redrive, () => connection.redrive(queue, ids)),
    close: () => connection.close(),
  };
  return { tasks, connection };
}

async function publish({ disturbances }: World, { chance }: Process, tasks: Tasks, messages: Task[]): Promise<void> {
  if (messages.length > 1 && disturbances.meddles('partial-publish', 'tasks')) {
    await tasks.publish(messages.slice(0, 1 + Math.floor(chance.next() * (messages.length - 1))));
    throw tasksErrors.error('tasks-unavailable', 'the connection broke in the middle of a publish');
  }
  const arriving = messages.length > 1 && disturbances.meddles('reordering', 'tasks')
    ? overtaking(messages.map(({ envelope }) => envelope.partitionkey), chance).flatMap((at) => messages[at] ?? []) : messages;
  await tasks.publish(arriving);
  if (disturbances.meddles('duplicates', 'tasks')) await tasks.publish(arriving);
}

function delivered({ queue, envelope, attempt, redelivered }: Delivery): string {
  return `${queue} ${told(envelope)} id ${envelope.id}, attempt ${attempt}${redelivered ? ', redelivered' : ''}`;
}
