import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import type { OrderEvent } from '@tradewind/events/facts/catalogue.ts';

export interface Notification { id: string; routingKey: string; command: CommandOf<'NotifyCustomer'> }

/** What the customer is told about these events, once per order and kind. */
export function notifications(events: OrderEvent[]): Notification[] {
  return events.flatMap((event): Notification[] => {
    switch (event.type) {
      case 'OrderPlaced':
        return [];
      case 'OrderConfirmed': {
        const { orderId, customerId, total } = event.data;
        return [{
          id: `${orderId}:notify-confirmed`, routingKey: `order.confirmed.${word(customerId)}`,
          command: { type: 'NotifyCustomer', data: { orderId, customerId, kind: 'order-confirmed', total } },
        }];
      }
      case 'OrderCancelled': {
        const { orderId, customerId, reason } = event.data;
        return [{
          id: `${orderId}:notify-cancelled`, routingKey: `order.cancelled.${word(customerId)}`,
          command: { type: 'NotifyCustomer', data: { orderId, customerId, kind: 'order-cancelled', reason } },
        }];
      }
    }
  });
}

/** One word of a topic's routing key: a dot in an id would make it two, and `order.confirmed.*` miss it. */
function word(id: string): string {
  return id.replaceAll('.', '_');
}
