import { expect, test } from '@jest/globals';
import { fold, Refusal } from '@tradewind/events/decider.ts';
import { availableOf, product, type ProductEvent } from './product.ts';

const registered: ProductEvent = { type: 'ProductRegistered', data: { productId: 'tea', name: 'Tea', price: { amount: 250, currency: 'EUR' } } };
const received = (quantity: number): ProductEvent => ({ type: 'StockReceived', data: { productId: 'tea', quantity } });
const share = (type: 'QuantityReserved' | 'QuantityReleased' | 'QuantitySold', quantity: number): ProductEvent =>
  ({ type, data: { productId: 'tea', orderId: 'one', quantity } });

test('what is received is available until it is reserved, and sold only from what is reserved', () => {
  const state = fold(product, [
    registered, received(100), received(20), share('QuantityReserved', 30), share('QuantityReserved', 10),
    share('QuantitySold', 30), share('QuantityReleased', 10),
  ]);
  expect(state).toMatchObject({ received: 120, reserved: 0, sold: 30 });
  expect(availableOf(state)).toBe(90);
});

test('a product is registered once', () => {
  const again = () => product.decide({ type: 'RegisterProduct', data: registered.data as never }, fold(product, [registered]));
  expect(again).toThrow(expect.objectContaining({ name: 'Refusal', code: 'product-exists' }));
});

test('stock of a product that nobody registered is refused', () => {
  const receive = () => product.decide({ type: 'ReceiveStock', data: { productId: 'tea', quantity: 1 } }, product.initial);
  expect(receive).toThrow(Refusal);
  expect(availableOf(product.initial)).toBe(0);
});
