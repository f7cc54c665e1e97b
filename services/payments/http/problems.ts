import type { ProblemKinds } from '@tradewind/chassis/http/problem.ts';

export const problems: ProblemKinds = {
  'payment-unknown': { status: 404, title: 'No payment of such an order', help: 'Its saga may not have come to the payment yet.' },
};
