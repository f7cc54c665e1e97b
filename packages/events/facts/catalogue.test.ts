import { expect, test } from '@jest/globals';
import { commands } from '../commands/catalogue.ts';
import { queueOf, topics } from '../topology.ts';
import { facts } from './catalogue.ts';

const kinds = [...Object.values(facts), ...Object.values(commands)];

test('no two messages share a wire type', () => {
  expect(new Set(kinds.map((kind) => kind.type)).size).toBe(kinds.length);
});

test('wire types are lower-case words under tradewind, without a version of their own', () => {
  for (const { type } of kinds) expect(type).toMatch(/^tradewind(\.[a-z]+(-[a-z]+)*)+$/);
});

test('every fact that the design names exists', () => {
  expect(Object.keys(facts)).toEqual(expect.arrayContaining([
    'OrderPlaced', 'CreditReserved', 'CreditRejected', 'StockReserved', 'StockRejected', 'PaymentTaken', 'PaymentDeclined',
    'OrderConfirmed', 'OrderCancelled', 'CreditReleased', 'CreditUsed', 'StockReleased', 'StockSold', 'PaymentRefunded',
    'CustomerRegistered', 'CreditLimitChanged', 'ProductRegistered', 'StockReceived',
  ]));
});

test('each schema refuses fields it does not name: a message says nothing that its version does not', () => {
  for (const kind of kinds)
    for (const schema of kind.versions)
      expect(schema.safeParse({ unexpected: true }).error?.issues).toContainEqual(expect.objectContaining({ code: 'unrecognized_keys' }));
});

test('queues and topics have names of their own', () => {
  const names = [...Object.values(queueOf), ...Object.values(topics)];
  expect(new Set(names).size).toBe(names.length);
});
