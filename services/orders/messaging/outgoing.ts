import type { OutgoingTask } from '@tradewind/event-store/port.ts';
import { encodeCommand, encodeFact, type Stamp } from '@tradewind/events/codec.ts';
import type { Draft, Lineage } from '@tradewind/events/envelope.ts';
import type { OrderEvent, SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import { exchanges, queueOf } from '@tradewind/events/topology.ts';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { StepCommand } from '../domain/move.ts';
import { notifications } from '../domain/notification.ts';

/** Puts what the domain decided into envelopes, all of one cause. */
export class Outgoing {
  readonly #stamp: Omit<Stamp, 'id'>;
  readonly #random: Random;

  /** @param cause causation and trace; the correlation is the order's id. */
  constructor({ clock, random }: { clock: Clock; random: Random }, orderId: string, cause: Omit<Lineage, 'correlationid'>) {
    this.#random = random;
    this.#stamp = { ...cause, correlationid: orderId, source: '/tradewind/orders', partitionkey: orderId, now: clock.now() };
  }

  events(events: (OrderEvent | SagaEvent)[]): Draft[] {
    return events.map((event) => encodeFact(event, { ...this.#stamp, id: this.#random.id() }));
  }

  commands(commands: StepCommand[]): OutgoingTask[] {
    return commands.map(({ id, command, subject }) => ({
      exchange: exchanges.commands, routingKey: queueOf[command.type],
      envelope: encodeCommand(command, { ...this.#stamp, id }, subject),
    }));
  }

  /** What the customer is told about these events. */
  notifications(events: OrderEvent[]): OutgoingTask[] {
    return notifications(events).map(({ id, routingKey, command }) => ({
      exchange: exchanges.notifications, routingKey,
      envelope: encodeCommand(command, { ...this.#stamp, id }, stream.order(command.data.orderId)),
    }));
  }
}
