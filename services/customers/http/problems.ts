import type { ProblemKinds } from '@tradewind/chassis/http/problem.ts';

export const problems: ProblemKinds = {
  'customer-unknown': { status: 404, title: 'No such customer', help: 'Register the customer first.' },
  'customer-exists': { status: 409, title: 'The customer is registered already', help: 'Choose another id, or leave it out and get one.' },
  'credit-limit-too-low': { status: 409, title: 'More credit is reserved and used than this limit', help: '`detail` says how much; a limit can be that low or higher.' },
  'currency-mismatch': { status: 409, title: "The customer's credit is in another currency", help: "Send the limit in the customer's currency, which never changes." },
};
