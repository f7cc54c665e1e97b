import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { plain } from './summary.ts';

/** Who brought an event about: `customer:ID`, `operator:NAME`, or else the service that decided, `service:NAME`. */
export function actor(fact: Fact, envelope: Pick<Envelope, 'source'>): string {
  switch (fact.type) {
    case 'OrderPlaced':
      return `customer:${fact.data.customerId}`;
    case 'OrderCancelled':
      return fact.data.reason === 'requested-by-customer' ? `customer:${fact.data.customerId}` : service(envelope);
    case 'SagaResumed':
      return named(plain(fact.data.by));
    default:
      return service(envelope);
  }
}

function named(by: string): string {
  return by.includes(':') ? by : `operator:${by}`;
}

function service({ source }: Pick<Envelope, 'source'>): string {
  return `service:${source.slice(source.lastIndexOf('/') + 1)}`;
}
