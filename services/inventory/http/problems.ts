import type { ProblemKinds } from '@tradewind/chassis/http/problem.ts';

export const problems: ProblemKinds = {
  'product-unknown': { status: 404, title: 'No such product', help: 'Register the product first, or choose another.' },
  'product-exists': { status: 409, title: 'The product is registered already', help: 'Choose another id, or leave it out and get one.' },
  'cursor-invalid': { status: 422, title: 'The cursor is not one of ours', help: 'Send a cursor as it came in `nextCursor`, or none.' },
};
