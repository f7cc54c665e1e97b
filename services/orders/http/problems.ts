import type { ProblemKinds } from '@tradewind/chassis/http/problem.ts';
import { parkingProblems } from '@tradewind/log/parking/routes.ts';

export const problems: ProblemKinds = {
  'order-unknown': { status: 404, title: 'No such order', help: "Check the id; a customer sees their own orders only." },
  'order-exists': { status: 409, title: 'An order of this id has been placed', help: 'Choose another `orderId`, or leave it out and get one.' },
  'order-already-confirmed': { status: 409, title: 'The order is confirmed and can no longer be cancelled', help: 'A confirmed order is final.' },
  'order-already-cancelled': { status: 409, title: 'The order is cancelled and can no longer be confirmed', help: 'Place a new order.' },
  'customer-missing': { status: 422, title: 'The order does not say whose it is', help: 'An operator names the customer in `customerId`; a customer need not.' },
  'lines-out-of-range': { status: 422, title: 'An order has 1 to 15 lines', help: 'Split what is larger into several orders.' },
  'product-repeated': { status: 422, title: 'A product stands on more than one line', help: 'Add up the quantities of each product on one line.' },
  'product-unknown': { status: 422, title: 'A line names a product that does not exist', help: '`detail` names it; /products lists those there are.' },
  'currency-mixed': { status: 422, title: 'The products are sold in different currencies', help: 'Place one order for each currency.' },
  'order-too-large': { status: 422, title: 'The total is larger than an order may be', help: 'Split it into several orders.' },
  'saga-not-parked': { status: 409, title: 'The saga of this order is not parked', help: 'Only a saga whose compensation failed for good is resumed; GET /sagas lists them.' },
  ...parkingProblems,
};
