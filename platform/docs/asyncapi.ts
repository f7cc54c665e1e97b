import { commands, type CommandName } from '@tradewind/events/commands/catalogue.ts';
import type { Kind } from '@tradewind/events/fact.ts';
import { facts } from '@tradewind/events/facts/catalogue.ts';
import { customerFacts } from '@tradewind/events/facts/customers.ts';
import { inventoryFacts } from '@tradewind/events/facts/inventory.ts';
import { orderFacts } from '@tradewind/events/facts/orders.ts';
import { paymentFacts } from '@tradewind/events/facts/payments.ts';
import { sagaFacts } from '@tradewind/events/facts/saga.ts';
import { exchanges, notificationsQueue, PARTITIONS, queueOf, topics } from '@tradewind/events/topology.ts';
import { schemaFile } from './schemas.ts';

interface Channel { address: string | null; title: string; description: string; messages: Record<string, Ref>; bindings: object; parameters?: object }
interface Operation { action: 'send' | 'receive'; summary: string; channel: Ref; messages: Ref[] }
interface Ref { $ref: string }

/** Facts of each topic; the service of that name writes them. */
const written: Record<keyof typeof topics, Record<string, Kind>> = {
  orders: { ...orderFacts, ...sagaFacts }, customers: customerFacts, inventory: inventoryFacts, payments: paymentFacts,
};
/** Services that read all topics, and what for. */
const readers = { orders: 'Takes each saga forward.', 'order-history': 'Folds orders and their audit trails.' };

/** The AsyncAPI 3 document of everything that is sent between the services. */
export function asyncApi(version: string): object {
  const channels = { ...topicChannels(), ...queueChannels(), ...exchangeChannels() };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tradewind messages', version,
      description: 'Events on the log, commands and notifications on the task broker. Every message is a CloudEvents 1.0 envelope in JSON; the schema of its data is named by its type.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    channels,
    operations: { ...topicOperations(channels), ...queueOperations(channels), ...exchangeOperations(channels) },
    components: { messages: messages() },
  };
}

/** Every version of every message: an old event stays in the log as it was written. */
function messages(): Record<string, object> {
  const all = Object.entries({ ...facts, ...commands }).flatMap(([name, kind]) => kind.versions.map((_, index) => {
    const type = `${kind.type}.v${index + 1}`;
    return [`${name}.v${index + 1}`, {
      name: type, title: name, summary: kind.summary, contentType: 'application/json',
      payload: {
        allOf: [
          { $ref: './schemas/envelope.json' },
          { type: 'object', properties: { type: { const: type }, data: { $ref: `./schemas/${schemaFile(kind, index + 1)}` } } },
        ],
      },
    }];
  }));
  return Object.fromEntries(all) as Record<string, object>;
}

function messagesOf(kinds: Record<string, Kind>): Record<string, Ref> {
  const names = Object.entries(kinds).flatMap(([name, kind]) => kind.versions.map((_, index) => `${name}.v${index + 1}`));
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));
}

function topicChannels(): Record<string, Channel> {
  return Object.fromEntries(Object.entries(topics).map(([service, address]): [string, Channel] => [address, {
    address, title: `Facts of ${service}`, description: 'Ordered by partition key; at least once, first occurrences in the order of each stream.',
    messages: messagesOf(written[service as keyof typeof topics]),
    bindings: { kafka: { topic: address, partitions: PARTITIONS, bindingVersion: '0.5.0' } },
  }]));
}

function queueChannels(): Record<string, Channel> {
  return Object.fromEntries((Object.entries(queueOf) as [keyof typeof queueOf, string][]).map(([name, address]): [string, Channel] => [address, {
    address, title: name, description: `Bound to the direct exchange ${exchanges.commands} by the queue's own name; retries wait in ${address}.retry, dead letters in ${address}.dead.`,
    messages: messagesOf({ [name]: commands[name] }),
    bindings: { amqp: { is: 'queue', queue: { name: address, durable: true, exclusive: false, autoDelete: false }, bindingVersion: '0.3.0' } },
  }]));
}

function exchangeChannels(): Record<string, Channel> {
  const amqp = (name: string, type: string) => ({ amqp: { is: 'routingKey', exchange: { name, type, durable: true, autoDelete: false }, bindingVersion: '0.3.0' } });
  return {
    [exchanges.notifications]: {
      address: 'order.{outcome}.{customer}', title: 'Notifications', description: `Topic exchange; the queue ${notificationsQueue} takes what concerns orders.`,
      parameters: { outcome: { enum: ['confirmed', 'cancelled'], description: 'What became of the order.' }, customer: { description: 'Customer id as one word: dots become underscores.' } },
      messages: messagesOf({ NotifyCustomer: commands.NotifyCustomer }), bindings: amqp(exchanges.notifications, 'topic'),
    },
    [exchanges.broadcast]: {
      address: null, title: 'Broadcast', description: 'Fanout exchange; each replica that caches products binds a queue of its own.',
      messages: messagesOf({ CatalogueChanged: commands.CatalogueChanged }), bindings: amqp(exchanges.broadcast, 'fanout'),
    },
  };
}

function topicOperations(channels: Record<string, Channel>): Record<string, Operation> {
  const sends = Object.entries(topics).map(([service, topic]) =>
    [`${service}.publishes`, operation('send', `Publishes what ${service} decided.`, topic, channels)]);
  const receives = Object.entries(readers).flatMap(([service, summary]) => Object.values(topics).map((topic) =>
    [`${service}.reads.${topic.slice(topic.indexOf('.') + 1)}`, operation('receive', summary, topic, channels)]));
  return Object.fromEntries([...sends, ...receives]) as Record<string, Operation>;
}

function queueOperations(channels: Record<string, Channel>): Record<string, Operation> {
  const all = (Object.entries(queueOf) as [CommandName, string][]).flatMap(([name, queue]) => [
    [`orders.sends.${name}`, operation('send', commands[name].summary, queue, channels)],
    [`${queue.slice(0, queue.indexOf('.'))}.handles.${name}`, operation('receive', commands[name].summary, queue, channels)],
  ]);
  return Object.fromEntries(all) as Record<string, Operation>;
}

function exchangeOperations(channels: Record<string, Channel>): Record<string, Operation> {
  return {
    'orders.notifies': operation('send', 'Says what became of an order.', exchanges.notifications, channels),
    'notifications.handles.NotifyCustomer': operation('receive', 'Tells the customer, once per order and kind.', exchanges.notifications, channels),
    'inventory.broadcasts': operation('send', 'Says that cached products are stale.', exchanges.broadcast, channels),
    'orders.handles.CatalogueChanged': operation('receive', 'Drops its cache of these products.', exchanges.broadcast, channels),
  };
}

function operation(action: Operation['action'], summary: string, channel: string, channels: Record<string, Channel>): Operation {
  const pointer = `#/channels/${channel}`;
  const messages = Object.keys(channels[channel]?.messages ?? {}).map((name) => ({ $ref: `${pointer}/messages/${name}` }));
  return { action, summary, channel: { $ref: pointer }, messages };
}
