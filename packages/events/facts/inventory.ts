import { z } from 'zod';
import { fact } from '../fact.ts';
import { orderId, productId, quantity } from '../ids.ts';
import { money } from '../money.ts';

const lines = z.array(z.strictObject({ productId, quantity })).max(15);
const ofProduct = z.strictObject({ productId, orderId, quantity });

/**
 * Two kinds of stream. A reservation's stream (`reservation-{order}`) says what happened to an order's
 * stock as a whole: that is what the saga hears. Each product's stream (`product-{product}`) carries its
 * own share (Quantity…), written by the same append.
 */
export const inventoryFacts = {
  ProductRegistered: fact({
    type: 'tradewind.product.registered',
    schema: z.strictObject({ productId, name: z.string().min(1).max(200), price: money }),
    summary: 'A product can be ordered, at this price.',
  }),
  StockReceived: fact({
    type: 'tradewind.stock.received', schema: z.strictObject({ productId, quantity: z.int().min(1).max(1_000_000) }),
    summary: 'Units arrived and are available.',
  }),
  StockReserved: fact({
    type: 'tradewind.stock.reserved', schema: z.strictObject({ orderId, lines }),
    summary: 'Every line of the order is set aside.',
  }),
  StockRejected: fact({
    type: 'tradewind.stock.rejected',
    schema: z.strictObject({
      orderId, reason: z.enum(['product-unknown', 'stock-insufficient', 'released-before-reserved']),
      productIds: z.array(productId).max(15),
    }),
    summary: 'Nothing was set aside, and why.',
  }),
  StockReleased: fact({
    type: 'tradewind.stock.released', schema: z.strictObject({ orderId, lines }),
    summary: 'Reserved units are available again; no lines mark a release that came before its reservation.',
  }),
  StockSold: fact({
    type: 'tradewind.stock.sold', schema: z.strictObject({ orderId, lines }),
    summary: 'Reserved units left with the order.',
  }),
  QuantityReserved: fact({
    type: 'tradewind.product.quantity-reserved', schema: ofProduct, summary: "A product's share of StockReserved.",
  }),
  QuantityReleased: fact({
    type: 'tradewind.product.quantity-released', schema: ofProduct, summary: "A product's share of StockReleased.",
  }),
  QuantitySold: fact({
    type: 'tradewind.product.quantity-sold', schema: ofProduct, summary: "A product's share of StockSold.",
  }),
};
